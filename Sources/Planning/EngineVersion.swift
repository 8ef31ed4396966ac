/// The version of the engine: part of every input hash, because another version may compute otherwise.
public enum EngineVersion {
  public static let current = "0.1.0"
}
