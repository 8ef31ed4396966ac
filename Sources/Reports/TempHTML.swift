public struct HTMLReport { public init(_ v: RunView) {}; public func render() throws -> String { "" } }
