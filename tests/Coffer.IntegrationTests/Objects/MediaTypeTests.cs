using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>The table that turns media types into content classes, row by row.</summary>
public sealed class MediaTypeTests(SharedServer server)
{
    [Theory]
    [InlineData("text/csv", "text"), InlineData("text/plain", "text"), InlineData("text/html; charset=utf-8", "text")]
    [InlineData("application/json", "text"), InlineData("application/xml", "text"), InlineData("application/yaml", "text")]
    [InlineData("application/x-yaml", "text"), InlineData("application/javascript", "text"), InlineData("application/x-ndjson", "text")]
    [InlineData("application/jsonl", "text"), InlineData("application/sql", "text"), InlineData("application/ld+json", "text")]
    [InlineData("image/svg+xml", "text"), InlineData("application/atom+xml", "text")]
    [InlineData("application/gzip", "gzip"), InlineData("application/x-gzip", "gzip")]
    [InlineData("application/x-tar", "tar"), InlineData("application/tar", "tar")]
    [InlineData("application/x-gtar", "tgz"), InlineData("application/x-tgz", "tgz"), InlineData("application/x-compressed-tar", "tgz")]
    [InlineData("application/tar+gzip", "tgz")]
    [InlineData("application/octet-stream", "binary"), InlineData("application/pdf", "binary"), InlineData("application/zip", "binary")]
    [InlineData("image/png", "binary"), InlineData("audio/mpeg", "binary"), InlineData("video/mp4", "binary"), InlineData("font/woff2", "binary")]
    [InlineData("application/msword", "unspecified"), InlineData("model/gltf-binary", "unspecified"), InlineData("x-own/thing", "unspecified")]
    [InlineData("TEXT/CSV", "text"), InlineData("Application/JSON; Charset=\"UTF-8\"", "text"), InlineData("IMAGE/PNG", "binary")]
    public async Task A_media_type_becomes_a_class_and_is_kept_as_it_was(string mediaType, string expected)
    {
        CreatedObject created = await server.Api.CreateAsync("a", mediaType);

        JsonElement view = (await server.Api.RetrieveAsync(created.Id)).Json;
        Assert.Equal(expected, view.Text("content_type"));
        Assert.Equal(mediaType, view.Text("mime_type"));
    }

    [Theory]
    [InlineData("word"), InlineData("Text"), InlineData("text/"), InlineData("/csv"), InlineData("a/b/c"), InlineData("te xt/csv")]
    [InlineData("text/csv\r\nX-Injected: 1"), InlineData("text/cßv"), InlineData("a@b/c")]
    public async Task What_is_neither_a_class_nor_a_media_type_is_refused(string text) =>
        (await server.Api.PostAsync("/v1/objects", new { name = "a", content_type = text })).ExpectError(400, "invalid_argument");

    [Fact]
    public async Task A_media_type_has_at_most_255_characters() =>
        (await server.Api.PostAsync("/v1/objects", new { name = "a", content_type = "text/" + new string('x', 251) })).ExpectError(400, "invalid_argument");
}
