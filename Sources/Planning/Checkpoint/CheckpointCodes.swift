public import Tables

/// What is said about going on with an interrupted run.
public enum CheckpointCodes {
  public static let nothingToResume = DiagnosticCode(
    "S020", "there is no interrupted run to go on with",
    """
    `sluice run --resume` takes over what an interrupted run left in a folder beside its output that ends in \
    `.partial`. There is none for this plan, scenario and output: the run starts from the beginning.
    """)
  public static let takenOver = DiagnosticCode(
    "S021", "results of an interrupted run are taken over",
    """
    These results were computed before the run was interrupted, from exactly the plan, tables, seed and version of now. \
    The run ends with the same files as one that was never interrupted.
    """)
  public static let recomputed = DiagnosticCode(
    "S022", "a result of an interrupted run is computed anew",
    """
    A result is taken over only where everything that it depends on is as it was: the sections of the plan that its \
    stage reads, its tables, the stages before it, the seed and the version of Sluice. What differs is named.
    """)
  public static let damaged = DiagnosticCode(
    "S023", "a file of an interrupted run cannot be used",
    """
    The file is cut short, its checksum is wrong, or another version wrote it. Its result is computed anew; nothing else \
    is affected.
    """)
  public static let notKept = DiagnosticCode(
    "S024", "a result could not be kept",
    """
    With `--checkpoint`, results that take long are written as soon as they are there. This one could not be: the disk \
    may be full, or the folder not writable. The run goes on, and an interruption loses this result.
    """)
  public static let all = [nothingToResume, takenOver, recomputed, damaged, notKept]
}
