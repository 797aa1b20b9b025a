using System.Globalization;
using System.Text;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Storage;

/// <summary>Calls of the tus protocol, as its clients make them.</summary>
internal static class TusCalls
{
    public const string Path = StorageCalls.Root + "/upload/resumable";
    public const string PieceType = "application/offset+octet-stream";

    /// <summary>Begins an upload.</summary>
    /// <param name="length">Null defers it.</param>
    /// <returns>The answer; its Location is absolute.</returns>
    public static Task<Answer> BeginAsync(
        this Api api, string bucket, string key, long? length, byte[]? piece = null, string path = Path, params (string, string)[] headers) =>
        api.SendAsync(
            "POST", path, piece is null ? null : Piece(piece),
            With(
                length is null ? ("Upload-Defer-Length", "1") : ("Upload-Length", Text(length.Value)),
                [("Upload-Metadata", Metadata(("bucketName", bucket), ("objectName", key))), .. headers]));

    /// <summary>The path of a new upload.</summary>
    public static async Task<string> NewUploadAsync(this Api api, string bucket, string key, long? length) =>
        PathOf((await api.BeginAsync(bucket, key, length)).Expect(201));

    public static Task<Answer> AppendAsync(this Api api, string upload, long offset, byte[] piece, params (string, string)[] headers) =>
        api.SendAsync("PATCH", upload, Piece(piece), With(("Upload-Offset", Text(offset)), headers));

    public static Task<Answer> LookAsync(this Api api, string upload, params (string, string)[] headers) =>
        api.SendAsync("HEAD", upload, null, With(null, headers));

    public static Task<Answer> EndAsync(this Api api, string upload) => api.SendAsync("DELETE", upload, null, With(null, []));

    public static async Task<long> OffsetAsync(this Api api, string upload) =>
        long.Parse((await api.LookAsync(upload)).Expect(200).Header("Upload-Offset")!, CultureInfo.InvariantCulture);

    public static string PathOf(Answer begun) => new Uri(begun.Header("Location")!).AbsolutePath;

    public static string Metadata(params (string Name, string Value)[] pairs) =>
        string.Join(',', pairs.Select(pair => $"{pair.Name} {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value))}"));

    /// <summary>Fails unless this is a refusal in the words of the protocol.</summary>
    public static Answer ExpectTus(this Answer answer, int status, string? text = null)
    {
        answer.Expect(status);
        Assert.Equal("1.0.0", answer.Header("Tus-Resumable"));
        if (text is not null)
        {
            Assert.Equal("text/plain; charset=utf-8", answer.Header("Content-Type"));
            Assert.Equal(text, answer.Text);
        }

        return answer;
    }

    private static (string, string)[] With((string, string)? first, (string, string)[] rest) =>
        [.. rest.Any(header => header.Item1 == "Tus-Resumable") ? [] : new[] { ("Tus-Resumable", "1.0.0") }, .. first is { } one ? [one] : Array.Empty<(string, string)>(), .. rest];

    private static ByteArrayContent Piece(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", PieceType);
        return content;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
