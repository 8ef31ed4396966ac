internal import Glibc
internal import Tables

/// A program that reads a history on its input and writes a forecast on its output.
struct ExternalProgram {
  /// As the suite writes it: a program and its arguments, as a shell reads them.
  let command: String
  /// Where it is started.
  let folder: String
  let timeLimit: Double

  enum Failure: Error, Equatable {
    case cannotStart(String)
    case ended(status: Int32, message: String)
    case ranOutOfTime(seconds: Double)
    case file(FileError)
  }

  /// Runs the program with the history as its input.
  /// - Parameter output: the path of the file that its output is written to.
  func run(
    input: String, output: String, messages: String, arguments: [String]
  ) throws(Failure) -> ResourceUse {
    let start = ResourceUse.wallSeconds
    let process = try launch(input: input, output: output, messages: messages, arguments: arguments)
    var status: Int32 = 0
    var usage = rusage()
    while true {
      let done = wait4(process, &status, WNOHANG, &usage)
      if done == process { break }
      if done < 0, errno != EINTR { throw .cannotStart("it cannot be waited for") }
      if ResourceUse.wallSeconds - start > timeLimit {
        // The program leads a group of its own: what it started ends with it.
        kill(-process, SIGKILL)
        while wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
        throw .ranOutOfTime(seconds: timeLimit)
      }
      usleep(2000)
    }
    guard status == 0 else {
      let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
      throw .ended(status: code, message: Self.lastLine(of: messages))
    }
    return ResourceUse(usage, wallSeconds: ResourceUse.wallSeconds - start)
  }

  private func launch(
    input: String, output: String, messages: String, arguments: [String]
  ) throws(Failure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, messages, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    let words = ["/bin/sh", "-c", "cd \"$0\" && exec \(command) \"$@\"", folder.isEmpty ? "." : folder] + arguments
    var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t()
    let number = posix_spawn(&process, "/bin/sh", &actions, &attributes, pointers, environ)
    guard number == 0 else { throw .cannotStart(String(cString: strerror(number))) }
    return process
  }

  private static func lastLine(of path: String) -> String {
    let text = (try? TextFile.read(path)) ?? ""
    return text.split(separator: "\n").last { !$0.allSatisfy { $0 == " " } }.map(String.init) ?? ""
  }
}
