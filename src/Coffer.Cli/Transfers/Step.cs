using Coffer.Cli.Input;
using Coffer.Client;

namespace Coffer.Cli.Transfers;

/// <summary>One file's way, or its end, as it is told: what <c>cp</c>, <c>mv</c> and <c>sync</c> consist of.</summary>
/// <param name="Action"><c>upload</c>, <c>download</c>, <c>copy</c>, <c>move</c> or <c>delete</c>.</param>
/// <param name="From">Where the bytes come from; null for a deletion.</param>
/// <param name="To">Where they go, or what is deleted.</param>
/// <param name="SizeBytes">Null when nobody knows beforehand.</param>
internal record Step(string Action, string? From, string To, long? SizeBytes)
{
    /// <summary>By what a person knows it: the file that is sent or fetched, or deleted.</summary>
    public string Name => From ?? To;

    public static Step Delete(string what, long? sizeBytes) => new("delete", null, what, sizeBytes);
}

/// <summary>A step that moves one file, and how.</summary>
internal sealed record Transfer(string Action, string From, string To, long? SizeBytes) : Step(Action, From, To, SizeBytes)
{
    /// <summary>Does it; false when it left everything as it was, as it had been told to.</summary>
    public required Func<IProgress<TransferProgress>?, CancellationToken, Task<bool>> RunAsync { get; init; }
}

/// <summary>What becomes of a file that is there already.</summary>
internal enum Existing
{
    Refuse,
    Replace,
    Leave,
}

/// <summary>A file or folder of a bucket, by its whole address.</summary>
internal sealed record BucketFile(BucketAddress Address, StorageEntry Entry);
