namespace Coffer.Dialects.Storage;

/// <summary>A refusal in the dialect's own words, for what the core does not know of.</summary>
internal sealed class StorageRefusal(StorageError error, string message) : Exception(message)
{
    public StorageError Error { get; } = error;
}

/// <summary>An error as the wire shows it.</summary>
/// <param name="Status">The status that the body says.</param>
/// <param name="Code">The word for programs.</param>
/// <param name="Label">The older word, in the member <c>error</c>.</param>
/// <param name="Message">Null leaves the words to who refuses.</param>
/// <param name="IsPinned">Whether HTTP says the same status; else it says 400, as clients expect.</param>
internal readonly record struct StorageError(int Status, string Code, string Label, string? Message = null, bool IsPinned = false)
{
    public int HttpStatus => IsPinned ? Status : 400;
}
