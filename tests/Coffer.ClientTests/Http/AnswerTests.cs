using System.Net;
using Coffer.Client;
using Coffer.ClientTests.Serving;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.Http;

public sealed class AnswerTests
{
    [Fact]
    public async Task Every_field_of_the_view_is_read_and_unknown_ones_are_kept()
    {
        ObjectView view = await ViewOf("""
            {"id":"obj_1","name":"n","content_type":"text","state":"READ_ONLY","create_time_ms":1732000000123,"size_bytes":9876543210,
             "delete_after_time_ms":1732000001123,"metadata":{"a":"b"},"upload_url":"http://h/u","is_public":true,"public_url":"http://h/p",
             "mime_type":"text/csv","created_at":"2024-11-19T07:06:40.123Z","last_access_time_ms":1732000002123,"new_field":{"x":[1]}}
            """);

        Assert.Equal(ObjectContentType.Text, view.ContentType);
        Assert.Equal(ObjectState.ReadOnly, view.State);
        Assert.Equal(9876543210, view.SizeBytes);
        Assert.Equal("b", view.Metadata!["a"]);
        Assert.Equal("http://h/u", view.UploadUrl);
        Assert.True(view.IsPublic);
        Assert.Equal("http://h/p", view.PublicUrl);
        Assert.Equal("text/csv", view.MimeType);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1732000000123), view.CreatedAt);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1732000001123), view.DeleteAfter);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1732000002123), view.LastAccessedAt);
        Assert.Equal(1, view.ExtraFields!.Single().Value.GetProperty("x")[0].GetInt32());
    }

    [Fact]
    public async Task Words_of_the_future_and_nulls_break_nothing()
    {
        ObjectView view = await ViewOf(
            """{"id":"obj_1","name":"n","content_type":"parquet","state":"FROZEN","create_time_ms":1,"size_bytes":null,"metadata":null,"created_at":null}""");
        ObjectView bare = await ViewOf("""{"id":"obj_1","state":null,"content_type":null}""");

        Assert.Equal("FROZEN", view.State.Value);
        Assert.Equal("parquet", view.ContentType.ToString());
        Assert.Null(view.SizeBytes);
        Assert.Null(view.ExtraFields);
        Assert.Equal(default, bare.State);
        Assert.Equal(ObjectContentType.Unspecified, bare.ContentType);
    }

    [Fact]
    public async Task A_link_without_the_extras_still_has_both_its_names()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Json("""{"download_url":"http://h/a%2Fb"}"""),
            Json("""{"download_url":"http://h/a","url":"http://h/a","expires_at":"2026-11-20T12:00:00Z","expires_in_seconds":60}"""));
        using CofferClient client = server.Client();
        StorageObject stored = client.StorageObjects.FromId("obj_1");

        ObjectDownloadUrl bare = await stored.GetDownloadUrlAsync();
        ObjectDownloadUrl full = await stored.GetDownloadUrlAsync(60);

        Assert.Equal("http://h/a%2Fb", bare.Url);
        Assert.Null(bare.ExpiresAt);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero), full.ExpiresAt);
        Assert.Equal(60, full.ExpiresInSeconds);
        Assert.EndsWith("?duration_seconds=60", server.Seen[1].Target, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_error_that_is_no_JSON_keeps_its_text(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json("<html>proxy</html>", 403));
        using CofferClient client = server.Client();

        var error = await Assert.ThrowsAsync<CofferException>(
            () => Twin.Run(async, () => client.Objects.CompleteAsync("x"), () => client.Objects.Complete("x")));

        Assert.Equal(HttpStatusCode.Forbidden, error.Status);
        Assert.Equal("<html>proxy</html>", error.RawBody);
        Assert.Null(error.Code);
        Assert.StartsWith("coffer-dotnet-retry-", error.RequestId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json"), InlineData("null"), InlineData("")]
    public async Task A_success_that_is_not_the_expected_JSON_is_an_error(string body)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json(body));
        using CofferClient client = server.Client();

        var error = await Assert.ThrowsAsync<CofferException>(() => client.Objects.RetrieveAsync("x"));

        Assert.Equal(HttpStatusCode.OK, error.Status);
        Assert.Single(server.Seen);
    }

    [Theory]
    [InlineData("""{"objects":[],"has_more":false}"""), InlineData("""{"id":null,"name":"n"}"""), InlineData("""{"id":"","name":"n"}""")]
    [InlineData("""{"id":7}""")]
    public async Task A_view_without_an_id_is_an_error_and_no_empty_object(string view)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Json(view), Json($$"""{"objects":[{"id":"obj_1"},{{view}}],"has_more":false}"""), Json(view));
        using CofferClient client = server.Client();

        await Assert.ThrowsAsync<CofferException>(() => client.Objects.RetrieveAsync("obj_1"));
        await Assert.ThrowsAsync<CofferException>(() => client.Objects.ListAsync());
        await Assert.ThrowsAsync<CofferException>(() => client.Objects.GetDownloadUrlAsync("obj_1"));
    }

    private static async Task<ObjectView> ViewOf(string json)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json(json));
        using CofferClient client = server.Client();
        return await client.Objects.RetrieveAsync("obj_1");
    }
}
