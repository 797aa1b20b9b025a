using Coffer.Client;

namespace Coffer.Cli.Output;

/// <summary>
/// The machine words for what resumable uploads refuse: their protocol knows statuses and texts alone, so the same refusal would be
/// told in one way for a small file and in another for a large one.
/// </summary>
/// <remarks>Source: docs/wire/storage.md, the statuses of resumable uploads.</remarks>
internal static class PlainRefusals
{
    /// <summary>An upload in pieces that is not there any more, or went on without this command.</summary>
    public const string UploadLost = "NoSuchUpload";

    /// <returns>Null when the answer has a word of its own, or is none that can be told.</returns>
    public static string? WordOf(CofferException refusal) => refusal is StorageException { Code: null, Error: null, ServerMessage: { } said } plain
        ? (plain.StatusCode, said) switch
        {
            (400, _) when Begins(said, "Invalid key") => "InvalidKey",
            (400, _) when Begins(said, "Bucket name") => "InvalidBucketName",
            (404, _) when Begins(said, "Bucket not found") => "NoSuchBucket",
            (404 or 410, _) when Begins(said, "The file for this url") => UploadLost,
            (409, _) when Begins(said, "Upload-Offset") => UploadLost,
            (409, _) => "KeyAlreadyExists",
            (413, _) => "EntityTooLarge",
            (415, _) when Begins(said, "mime type") => "InvalidMimeType",
            _ => null,
        }
        : null;

    private static bool Begins(string said, string words) => said.StartsWith(words, StringComparison.OrdinalIgnoreCase);
}
