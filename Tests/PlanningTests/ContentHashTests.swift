import Testing

@testable import Planning

/// Values of FIPS 180-4's examples.
@Test func contentHashMatchesTheStandard() {
  #expect(ContentHash.of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  #expect(ContentHash.of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  #expect(
    ContentHash.of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
      == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
  let million = String(repeating: "a", count: 1_000_000)
  #expect(ContentHash.of(million) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
}

@Test(arguments: [1, 55, 56, 63, 64, 65, 129]) func piecesHashLikeTheWhole(size: Int) {
  let text = String(repeating: "0123456789", count: 40)
  var hash = ContentHash()
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    hash.update(rest.prefix(size))
    rest = rest.dropFirst(size)
  }
  #expect(hash.finalize() == ContentHash.of(text))
}
