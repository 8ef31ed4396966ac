extension Chinese {
  /// What a run cost.
  static let timing: [String: String] = [
    "What it cost": "运行开销", "seconds and rows by stage": "各步骤的秒数与行数", "stage": "步骤", "seconds": "秒", "share": "占比",
    "rows in": "读入行数", "rows out": "输出行数",
    "{} s in stages on up to {} threads; {} MB of memory at most.": "各步骤共 {1} 秒，最多 {2} 个线程；内存最多 {3} MB。",
  ]
}
