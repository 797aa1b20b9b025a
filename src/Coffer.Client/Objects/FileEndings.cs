namespace Coffer.Client;

/// <summary>What the ending of a file name says about its content.</summary>
internal static class FileEndings
{
    // The longest ending first: .tar.gz is also .gz.
    private static readonly (string Ending, ObjectContentType Type, string? Mime)[] Table =
    [
        (".tar.gz", ObjectContentType.Tgz, "application/x-gtar"),
        (".tgz", ObjectContentType.Tgz, "application/x-gtar"),
        (".gz", ObjectContentType.Gzip, "application/gzip"),
        (".tar", ObjectContentType.Tar, "application/x-tar"),
        (".txt", ObjectContentType.Text, "text/plain"),
        (".html", ObjectContentType.Text, "text/html"),
        (".css", ObjectContentType.Text, "text/css"),
        (".js", ObjectContentType.Text, "text/javascript"),
        (".json", ObjectContentType.Text, "application/json"),
        (".xml", ObjectContentType.Text, "application/xml"),
        (".yaml", ObjectContentType.Text, "application/yaml"),
        (".yml", ObjectContentType.Text, "application/yaml"),
        (".md", ObjectContentType.Text, "text/markdown"),
        (".csv", ObjectContentType.Text, "text/csv"),

        // The Objects API has no class for these; a server that takes MIME types does.
        (".jsonl", ObjectContentType.Unspecified, "application/x-ndjson"),
        (".ndjson", ObjectContentType.Unspecified, "application/x-ndjson"),
        (".sql", ObjectContentType.Unspecified, "application/sql"),
        (".env", ObjectContentType.Unspecified, "text/plain"),
        (".log", ObjectContentType.Unspecified, "text/plain"),
        (".htm", ObjectContentType.Unspecified, "text/html"),
        (".svg", ObjectContentType.Unspecified, "image/svg+xml"),
        (".png", ObjectContentType.Unspecified, "image/png"),
        (".jpg", ObjectContentType.Unspecified, "image/jpeg"),
        (".jpeg", ObjectContentType.Unspecified, "image/jpeg"),
        (".gif", ObjectContentType.Unspecified, "image/gif"),
        (".webp", ObjectContentType.Unspecified, "image/webp"),
        (".pdf", ObjectContentType.Unspecified, "application/pdf"),
        (".zip", ObjectContentType.Unspecified, "application/zip"),
        (".mp3", ObjectContentType.Unspecified, "audio/mpeg"),
        (".mp4", ObjectContentType.Unspecified, "video/mp4"),
        (".bin", ObjectContentType.Unspecified, "application/octet-stream"),
    ];

    public static ObjectContentType ContentTypeOf(string path) => Find(path).Type;

    public static ObjectContentType MimeTypeOf(string path) =>
        Find(path) is { Mime: { } mime } ? mime : ObjectContentType.Unspecified;

    private static (string Ending, ObjectContentType Type, string? Mime) Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Array.Find(Table, row => path.EndsWith(row.Ending, StringComparison.OrdinalIgnoreCase));
    }
}
