namespace Coffer.Client;

/// <summary>The content of an upload, and the media type it has when nobody says one.</summary>
/// <param name="source">The bytes; ends with this.</param>
/// <param name="localPath">The local file, whose ending says something; null for none.</param>
/// <param name="isText">Whether the bytes are text in UTF-8.</param>
internal sealed class UploadBody(UploadSource source, string? localPath, bool isText = false) : IDisposable
{
    private const string Text = "text/plain";
    private const string Utf8 = ";charset=UTF-8";
    private const string Binary = "application/octet-stream";

    public UploadSource Source => source;

    public static UploadBody Of(ReadOnlyMemory<byte> content) => new(new BytesSource(content), null);

    public static UploadBody Of(Stream content) => new(new StreamSource(content), null);

    public static UploadBody OfText(string text) => new(StorageObject.Utf8(text), null, isText: true);

    /// <summary>Opens a file now, so that a missing one costs no call.</summary>
    public static async ValueTask<UploadBody> OfFileAsync(bool async, string localPath, CancellationToken cancellationToken) =>
        new(await StreamSource.OfFileAsync(async, localPath, cancellationToken).ConfigureAwait(false), localPath);

    public string TypeFor(string path, string? given)
    {
        string type = given ?? TypeOf(path) ?? TypeOf(localPath) ?? (isText ? Text : Binary);
        return given is null && isText && type.StartsWith("text/", StringComparison.Ordinal) ? type + Utf8 : type;
    }

    public void Dispose() => source.Dispose();

    private static string? TypeOf(string? path) =>
        path is not null && FileEndings.MimeTypeOf(path) is var type && type != ObjectContentType.Unspecified ? type.Value : null;
}
