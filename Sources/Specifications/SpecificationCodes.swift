public import Tables

/// Findings about specification files as such, before their values mean anything.
public enum SpecificationCodes {
  public static let unreadableFile = DiagnosticCode(
    "P101", "The file cannot be read",
    """
    The path is missing, is a directory, may not be read, or is larger than 8 MB, which no plan or model file is. \
    Paths are taken from the current directory; `sluice init --demo` writes a plan to start from.
    """)
  public static let notUTF8 = DiagnosticCode(
    "P102", "The file is not UTF-8",
    """
    Plans and model files are UTF-8 text without control characters. Files saved by older Chinese editors are often \
    GB18030; `iconv -f GB18030 -t UTF-8 old.yaml > new.yaml` converts one. (Data tables may be GB18030.)
    """)
  public static let syntax = DiagnosticCode(
    "P103", "The file is not valid YAML",
    """
    The caret is where reading became impossible; the cause is there or just above. Usual causes: a tab in the \
    indentation, a key without the blank after its colon, a full-width colon, a value that starts with `*`, `@`, `%` \
    or `{` and needs quotes, a bracket or quote that is not closed. Everything else in the file is checked once the \
    syntax is right.
    """)
  public static let duplicateKey = DiagnosticCode(
    "P104", "A key is written twice",
    """
    A section holds each key once. YAML itself would keep one of the two values and drop the other without a word, so \
    the second one is an error. Keep the one you mean.
    """)
  public static let alias = DiagnosticCode(
    "P106", "An alias cannot be resolved",
    """
    `*name` repeats the value that `&name` marked earlier in the same file. The mark must come first, and all aliases \
    together may not expand to more than 200,000 values. A change such as `*0.85` needs quotes: `"*0.85"`.
    """)
  public static let unsupportedYAML = DiagnosticCode(
    "P107", "A YAML feature that specifications do not use",
    """
    Specifications are mappings, lists and single values. Tags (`!name`), keys that are themselves lists or mappings, \
    several documents in one file, and nesting deeper than 64 levels are refused.
    """)
  public static let notAMapping = DiagnosticCode(
    "P108", "The file holds no keys",
    """
    The top level of a specification is a mapping: lines of `key: value`. An empty file, a list, or a lone value is \
    not one.
    """)
  public static let unknownKey = DiagnosticCode(
    "P110", "Unknown key",
    """
    The section has no such key. Unknown keys are errors, because a misspelt limit that is silently ignored is worse \
    than no limit. The hint names the nearest known key, or lists them.
    """)
  public static let missingKey = DiagnosticCode(
    "P111", "A required key is missing",
    "The section cannot be used without this key. The place is where the section begins.")
  public static let wrongShape = DiagnosticCode(
    "P112", "A value of another shape is expected",
    """
    A list stands where a single value is expected, a single value where a section with keys is expected, or the like. \
    Also reported for a key without a value: write one, or delete the line to use the default.
    """)
  public static let unreadableValue = DiagnosticCode(
    "P113", "The value cannot be read",
    """
    Numbers are written with ASCII digits and a point, without separators, units or quotes: `1200000`, `0.95`. Amounts \
    have at most four decimals and stay exact. Percentages are written as a number: `8` is 8 %. Periods are written \
    `2026-01`, `2026Q1`, `2026-W05`, `2026-01-31` or `2026`. Full-width digits and the letter O are reported, never \
    guessed.
    """)
  public static let outOfRange = DiagnosticCode(
    "P114", "The value is out of range",
    "The value can be read but makes no sense here. The message gives the range.")
  public static let unknownWord = DiagnosticCode(
    "P115", "Not one of the words allowed here",
    "The key takes one of a few words. The hint names the nearest, or lists them.")
  public static let repeatedItem = DiagnosticCode(
    "P116", "A list names the same item twice",
    "Each item of this list counts once; a second mention is probably a slip for another item.")
  public static let suspiciousValue = DiagnosticCode(
    "P117", "The value is allowed but unusual",
    """
    A percentage below 1 is probably a share: `reserve_pct: 0.08` keeps back 0.08 %, not 8 %. Write `8` for 8 %, or \
    leave it if it is meant.
    """)
  public static let malformedSetting = DiagnosticCode(
    "P120", "A setting cannot be understood",
    """
    A setting is written `key.path=value`: `--set budget.quarter=1000000` replaces, `*0.85` multiplies, `+5` adds, \
    `-5` subtracts what the layers below give, `==-5` sets a value that starts with a sign. `*` as a part of the path \
    stands for every key of a section. The same values are used in `scenarios: {name: {set: {…}}}`, in quotes.
    """)
  public static let nothingToChange = DiagnosticCode(
    "P121", "There is no value to change",
    """
    A change (`*0.85`, `+5`, `-5`) needs a number or period that the plan or a default gives, or a wildcard matched \
    nothing. Set the value itself instead, or correct the path.
    """)
  public static let pathThroughValue = DiagnosticCode(
    "P122", "The path goes through a single value",
    "A part of the path names a value that has no keys below it.")
  public static let unknownVariable = DiagnosticCode(
    "P125", "An environment variable matches no key",
    """
    `SLUICE_BUDGET_QUARTER` overrides `budget.quarter`: the path in capitals with `_` for every point. A variable that \
    is near a key's name or under one of the plan's sections but matches no key has no effect.
    """)

  public static let all = [
    unreadableFile, notUTF8, syntax, duplicateKey, alias, unsupportedYAML, notAMapping, unknownKey, missingKey,
    wrongShape, unreadableValue, outOfRange, unknownWord, repeatedItem, suspiciousValue, malformedSetting,
    nothingToChange, pathThroughValue, unknownVariable,
  ]
}
