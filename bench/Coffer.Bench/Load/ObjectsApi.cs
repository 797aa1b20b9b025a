using System.Text;
using System.Text.Json;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Load;

/// <summary>The calls of an object's life, over one connection.</summary>
internal sealed class ObjectsApi(HttpConnection connection)
{
    public const string Authorization = $"Authorization: Bearer {CofferServer.Key}\r\n";
    private const string JsonHeaders = Authorization + "Content-Type: application/json\r\n";

    /// <summary>Create, PUT, complete.</summary>
    /// <returns>The object's id.</returns>
    public string Store(string name, ReadOnlySpan<byte> bytes)
    {
        (string id, string uploadTarget) = Create(name);
        Expect(connection.Send("PUT", uploadTarget, "", bytes), "the upload");
        Complete(id);
        return id;
    }

    public (string Id, string UploadTarget) Create(string name)
    {
        Answer made = Expect(
            connection.Send("POST", "/v1/objects", JsonHeaders, Encoding.UTF8.GetBytes($$"""{"name":"{{name}}","content_type":"binary"}""")),
            "the creation");
        var (id, url) = TextsOf(made.Body.Span, "id"u8, "upload_url"u8);
        return (id, TargetOf(url));
    }

    public void Complete(string id) =>
        Expect(connection.Send("POST", $"/v1/objects/{id}/complete", JsonHeaders, "{}"u8), "the completion");

    /// <summary>Path and query of a download URL that is valid for a week.</summary>
    public string DownloadTarget(string id)
    {
        Answer made = Expect(connection.Get($"/v1/objects/{id}/download?duration_seconds=604800", Authorization), "the download URL");
        return TargetOf(TextsOf(made.Body.Span, "download_url"u8, "url"u8).First);
    }

    public void Delete(string id) => Expect(connection.Send("POST", $"/v1/objects/{id}/delete", JsonHeaders, "{}"u8), "the deletion");

    /// <exception cref="InvalidRunException">It is no success.</exception>
    public static Answer Expect(Answer answer, string what) => answer.IsSuccess
        ? answer
        : throw new InvalidRunException($"{what} was answered {answer.Status}: {answer.Text}");

    private static string TargetOf(string url) => new Uri(url).PathAndQuery;

    /// <summary>Two text members of the outer object, without building a document: this runs in the load.</summary>
    private static (string First, string Second) TextsOf(ReadOnlySpan<byte> json, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        string one = "", two = "";
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is not JsonTokenType.PropertyName || reader.CurrentDepth != 1)
            {
                continue;
            }

            bool isFirst = reader.ValueTextEquals(first), isSecond = reader.ValueTextEquals(second);
            reader.Read();
            one = isFirst ? reader.GetString()! : one;
            two = isSecond ? reader.GetString()! : two;
        }

        return (one, two);
    }
}
