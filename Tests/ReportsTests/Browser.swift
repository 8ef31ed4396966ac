import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A page in headless Chromium, driven over the DevTools protocol through two pipes.
///
/// Source: https://chromedevtools.github.io/devtools-protocol/; messages are JSON, each ended by a zero byte.
final class Browser {
  enum Failure: Error {
    case noPipe
    case silent(String)
    case refused(String)
  }

  /// Where Chromium is; nil where it is not installed.
  static let path: String? = {
    let named = ProcessInfo.processInfo.environment["CHROMIUM"].map { [$0] } ?? []
    let usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    return (named + usual).first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Errors of the console, exceptions, violations of the content policy, and dialogs.
  private(set) var complaints: [String] = []

  private let folder: URL
  private let process = Process()
  private var (toBrowser, fromBrowser) = (Int32(-1), Int32(-1))
  private var session: String?
  private var received: [UInt8] = []
  private var number = 0
  private var isLoaded = false

  /// Opens a page of this HTML.
  init(html: String, width: Int = 1200, height: Int = 900) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let page = folder.appendingPathComponent("report.html")
    try Data(html.utf8).write(to: page)
    try start()
    let target = try send("Target.createTarget", ["url": "about:blank"])["targetId"] as? String ?? ""
    session = try send("Target.attachToTarget", ["targetId": target, "flatten": true])["sessionId"] as? String
    for domain in ["Page", "Runtime", "Log"] { try send("\(domain).enable") }
    try resize(width: width, height: height)
    try send("Page.navigate", ["url": page.absoluteString])
    while !isLoaded { _ = try nextMessage(awaiting: "the page") }
  }

  deinit {
    // The browser ends when its pipe does.
    if toBrowser >= 0 { close(toBrowser) }
    if fromBrowser >= 0 { close(fromBrowser) }
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  /// The value of a JavaScript expression.
  func evaluate<Value>(_ expression: String, as type: Value.Type) throws -> Value {
    let answer = try send("Runtime.evaluate", ["expression": expression, "returnByValue": true])
    let result = answer["result"] as? [String: Any]
    guard answer["exceptionDetails"] == nil, let value = result?["value"] as? Value else {
      throw Failure.refused("\(expression): \(result?["description"] ?? result ?? [:])")
    }
    return value
  }

  func text(_ expression: String) throws -> String { try evaluate(expression, as: String.self) }

  /// Runs a statement for what it does.
  func run(_ statement: String) throws { _ = try evaluate("\(statement), true", as: Bool.self) }

  func resize(width: Int, height: Int = 900) throws {
    try send(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false])
  }

  func emulate(media: String = "", colours: String = "light") throws {
    try send(
      "Emulation.setEmulatedMedia",
      ["media": media, "features": [["name": "prefers-color-scheme", "value": colours]]])
  }

  func press(_ key: String) throws {
    let codes = ["Tab": 9, "ArrowLeft": 37, "ArrowRight": 39, "Home": 36, "End": 35]
    for type in ["rawKeyDown", "keyUp"] {
      try send(
        "Input.dispatchKeyEvent",
        ["type": type, "key": key, "code": key, "windowsVirtualKeyCode": codes[key] ?? 0])
    }
  }

  // MARK: - The pipes

  private func start() throws {
    let paths = ["to", "from"].map { folder.appendingPathComponent($0).path }
    guard paths.allSatisfy({ mkfifo($0, 0o600) == 0 }) else { throw Failure.noPipe }
    // Opened for both directions, so that neither side waits for the other.
    toBrowser = open(paths[0], O_RDWR | O_CLOEXEC)
    fromBrowser = open(paths[1], O_RDWR | O_CLOEXEC)
    guard toBrowser >= 0, fromBrowser >= 0 else { throw Failure.noPipe }
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "exec \"$1\" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --hide-scrollbars "
        + "--user-data-dir=\"$2\" --remote-debugging-pipe 3<\"$3\" 4>\"$4\"",
      "sh", Self.path ?? "", folder.appendingPathComponent("profile").path, paths[0], paths[1],
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  @discardableResult
  private func send(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
    number += 1
    let id = number
    var message: [String: Any] = ["id": id, "method": method, "params": parameters]
    if let session { message["sessionId"] = session }
    var bytes = [UInt8](try JSONSerialization.data(withJSONObject: message)) + [0]
    while !bytes.isEmpty {
      let count = write(toBrowser, bytes, bytes.count)
      guard count > 0 else { throw Failure.silent(method) }
      bytes.removeFirst(count)
    }
    while true {
      let answer = try nextMessage(awaiting: method)
      guard answer["id"] as? Int == id else { continue }
      if let error = answer["error"] { throw Failure.refused("\(method): \(error)") }
      return answer["result"] as? [String: Any] ?? [:]
    }
  }

  private func nextMessage(awaiting what: String) throws -> [String: Any] {
    while true {
      if let end = received.firstIndex(of: 0) {
        let data = Data(received[..<end])
        received.removeFirst(end + 1)
        let message = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        note(message)
        return message
      }
      var waiting = pollfd(fd: fromBrowser, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 60_000) > 0 else { throw Failure.silent(what) }
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(fromBrowser, &buffer, buffer.count)
      guard count > 0 else { throw Failure.silent(what) }
      received += buffer[..<count]
    }
  }

  private func note(_ message: [String: Any]) {
    let parameters = message["params"] as? [String: Any] ?? [:]
    switch message["method"] as? String {
    case "Page.loadEventFired": isLoaded = true
    case "Runtime.exceptionThrown", "Page.javascriptDialogOpening": complaints.append("\(parameters)")
    case "Runtime.consoleAPICalled" where parameters["type"] as? String == "error": complaints.append("\(parameters)")
    case "Log.entryAdded":
      let entry = parameters["entry"] as? [String: Any]
      if ["error", "warning"].contains(entry?["level"] as? String) { complaints.append("\(parameters)") }
    default: break
    }
  }
}
