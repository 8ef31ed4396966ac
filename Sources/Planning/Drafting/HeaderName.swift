/// The name of a column or file as people write it, taken apart for comparing: `Dealer_ID`, `dealerId` and `dealer id`
/// are the same words, 銷量 is 销量, and `销售额（万元）` is 销售额 in units of ten thousand yuan.
struct HeaderName: Sendable {
  /// Lower-case Latin words and single Chinese characters, in order, without the unit.
  let tokens: [String]
  /// What stood in brackets at the end, or the unit that the name ends in; empty where there is none.
  let unit: String

  /// Longer names are cut: no column is recognised by what comes after so many words.
  private static let mostTokens = 40

  init(_ raw: String) {
    var text = String(raw.unicodeScalars.prefix(400).map { HeaderName.plain($0) }.reduce(into: "") { $0.append($1) })
    var unit = ""
    if let open = text.lastIndex(where: { "([【".contains($0) }), open > text.startIndex,
      let close = text[open...].firstIndex(where: { ")]】".contains($0) })
    {
      unit = String(text[text.index(after: open)..<close])
      text = String(text[..<open])
    }
    if unit.isEmpty, let tail = HeaderName.bareUnits.first(where: { text.hasSuffix($0) && text.count > $0.count }) {
      unit = tail
      text = String(text.dropLast(tail.count))
    }
    self.unit = unit.lowercased()
    tokens = HeaderName.tokens(text)
  }

  /// The words without what separates them.
  var key: String { tokens.joined() }

  /// Units that stand at the end of a name without brackets.
  private static let bareUnits = ["万元", "百万元", "亿元", "千元", "元"]

  /// One character for each scalar: full width narrowed, traditional characters as simplified ones.
  private static func plain(_ scalar: Unicode.Scalar) -> Character {
    switch scalar.value {
    case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0).map(Character.init) ?? " "
    case 0x3000: " "
    default: simplified[scalar] ?? Character(scalar)
    }
  }

  private static func tokens(_ text: String) -> [String] {
    var tokens: [String] = []
    var word = ""
    var previousIsLower = false
    func close() {
      // units and unit are one word; ss, us and is end words that are no plural.
      if word.count > 3, word.hasSuffix("s"), !["ss", "us", "is"].contains(where: word.hasSuffix) { word.removeLast() }
      if !word.isEmpty { tokens.append(word) }
      word = ""
    }
    for character in text where tokens.count < mostTokens {
      if character.isASCII, character.isLetter || character.isNumber {
        // dealerId has two words.
        if character.isUppercase, previousIsLower { close() }
        word += character.lowercased()
        previousIsLower = character.isLowercase
      } else {
        close()
        previousIsLower = false
        if character.isLetter, !character.isASCII { tokens.append(character.lowercased()) }
      }
    }
    close()
    return tokens
  }

  /// Every run of words, longest first at each place: where it begins, how many words, and its key.
  var runs: [(start: Int, count: Int, key: String)] {
    var runs: [(start: Int, count: Int, key: String)] = []
    for start in tokens.indices {
      for count in stride(from: min(8, tokens.count - start), through: 1, by: -1) {
        runs.append((start, count, tokens[start..<start + count].joined()))
      }
    }
    return runs
  }

  /// Traditional characters of trade headers and their simplified forms, in pairs.
  private static let simplified: [Unicode.Scalar: Character] = {
    let pairs = """
      經经銷销區区產产編编號号數数價价單单訂订貨货庫库額额類类級级狀状態态聯联繫系電电話话帳账賬账應应實实際际預预計计總总費费項项標标\
      責责負负員员門门職职務务離离資资報报競竞爭争對对進进發发開开時时間间週周圓元萬万億亿個个點点網网絡络線线緯纬鄰邻鄉乡鎮镇縣县國国\
      廣广東东華华與与啟启動动結结終终簽签約约連连續续滿满損损潤润債债權权淨净現现歷历營营業业買买賣卖選选組组織织層层屬属運运輸输車车\
      體体達达從从歸归記记錄录憑凭證证專专後后復复處处訴诉嚴严響响決决補补獎奖勵励積积兌兑換换該该條条調调撥拨測测試试驗验參参備备註注\
      說说書书據据稱称戶户齡龄種种規规樣样倉仓儲储餘余轉转節节紀纪稅税購购給给優优會会議议歐欧幣币緊紧擇择擴扩潛潜穩稳倣仿贏赢關关係系\
      飾饰裝装紅红綠绿無无貼贴
      """
    let scalars = Array(pairs.unicodeScalars)
    var map: [Unicode.Scalar: Character] = [:]
    for index in stride(from: 0, to: scalars.count - 1, by: 2) { map[scalars[index]] = Character(scalars[index + 1]) }
    return map
  }()
}
