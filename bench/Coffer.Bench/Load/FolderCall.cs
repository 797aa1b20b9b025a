using System.Globalization;
using System.Text;
using System.Text.Json;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Load;

/// <summary>A list of the Storage API as a caller asks for it: a page of 100.</summary>
/// <param name="Version">"list" or "list-v2".</param>
/// <param name="Token">Whose list it is.</param>
internal sealed record FolderCall(string Version, string Bucket, byte[] Body, string Token)
{
    public const int Page = 100;

    /// <summary>Version 1, as people browse: what is directly in a folder.</summary>
    /// <param name="column">To sort by.</param>
    public static FolderCall Browse(string bucket, string folder, string column = "name", int offset = 0) => Of("list", bucket, string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"prefix":"{{folder}}","limit":{{Page}},"offset":{{offset}},"sortBy":{"column":"{{column}}","order":"asc"} }"""));

    /// <summary>Version 2 with the delimiter, as programs page: the first page of what begins with a prefix.</summary>
    public static FolderCall Walk(string bucket, string prefix, string column = "name") => Of("list-v2", bucket, string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"prefix":"{{prefix}}","with_delimiter":true,"limit":{{Page}},"sortBy":{"column":"{{column}}","order":"asc"} }"""));

    public FolderCall By(int user) => this with { Token = UserTokens.Of(user) };

    public Answer Send(HttpConnection connection) => new StorageApi(connection).List(Version, Bucket, Body, Token);

    /// <summary>What the page shows, by last names, in the order of the answer; folders end with a slash.</summary>
    public string[] NamesIn(Answer answer)
    {
        using JsonDocument page = JsonDocument.Parse(answer.Body);
        JsonElement root = page.RootElement;
        return Version == "list"
            ? [.. root.EnumerateArray().Select(entry => Name(entry, "name"))]
            : [.. root.GetProperty("folders").EnumerateArray().Concat(root.GetProperty("objects").EnumerateArray()).Select(entry => Name(entry, "key"))];

        static string Name(JsonElement entry, string member) =>
            entry.GetProperty(member).GetString() + (entry.GetProperty("id").ValueKind is JsonValueKind.Null ? "/" : "");
    }

    private static FolderCall Of(string version, string bucket, string json) => new(version, bucket, Encoding.UTF8.GetBytes(json), CofferServer.Key);
}
