namespace Coffer.DurabilityTests;

/// <summary>A step that the stand-in leaves out or does too early.</summary>
internal enum Slip
{
    None,
    NoDirectorySync,
    NoFileSync,
    NormalSynchronous,
    RowBeforeBytes,
    AnswerBeforeCommit,
}
