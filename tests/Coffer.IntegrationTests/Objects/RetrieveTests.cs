using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

public sealed class RetrieveTests(SharedServer server)
{
    private readonly Api _api = server.Api;

    [Fact]
    public async Task The_view_is_that_of_the_creation_without_the_upload_url()
    {
        CreatedObject created = await _api.CreateAsync(new { name = "a", content_type = "text/csv", metadata = new { k = "v" }, ttl_ms = 60_000 });

        JsonElement view = (await _api.RetrieveAsync(created.Id)).Expect(200).Json;

        Assert.True(view.IsNullOrAbsent("upload_url"));
        foreach (JsonProperty member in created.View.EnumerateObject().Where(member => member.Name != "upload_url"))
        {
            Assert.True(JsonElement.DeepEquals(member.Value, view.GetProperty(member.Name)), member.Name);
        }
    }

    [Fact]
    public async Task A_percent_encoded_id_is_the_same_id()
    {
        string id = await _api.StoreAsync();
        string encoded = string.Concat(id.Select(character => $"%{(int)character:X2}"));

        await using RawHttp raw = await RawHttp.ConnectAsync(_api.Server);
        await raw.SendAsync($"GET /v1/objects/{encoded} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {_api.Token}\r\nConnection: close\r\n\r\n");

        Assert.Equal(id, (await raw.AnswerAsync()).Expect(200).Json.Text("id"));
    }

    [Theory]
    [InlineData("obj_00000000000000000000000000"), InlineData("obj_"), InlineData("nonsense"), InlineData("obj_zzzzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("obj_0000000000000000000000000u"), InlineData("%ff"), InlineData("obj_%2e%2e%2f"), InlineData("🎉")]
    public async Task An_unknown_or_malformed_id_is_not_found_on_every_operation(string id)
    {
        (await _api.RetrieveAsync(id)).ExpectError(404, "object_not_found");
        (await _api.CompleteAsync(id)).ExpectError(404, "object_not_found");
        (await _api.RemoveAsync(id)).ExpectError(404, "object_not_found");
        (await _api.DeleteAsync($"/v1/objects/{id}")).ExpectError(404, "object_not_found");
        (await _api.PatchAsync($"/v1/objects/{id}", new { name = "b" })).ExpectError(404, "object_not_found");
        (await _api.GetAsync($"/v1/objects/{id}/download")).ExpectError(404, "object_not_found");
        (await _api.PostAsync($"/v1/objects/{id}/download")).ExpectError(404, "object_not_found");
        (await _api.GetAsync($"/v1/objects/{id}/content")).ExpectError(404, "object_not_found");
    }

    [Fact]
    public async Task An_id_of_100_KB_is_refused_without_harm()
    {
        await using RawHttp raw = await RawHttp.ConnectAsync(_api.Server);
        await raw.SendAsync($"GET /v1/objects/obj_{new string('0', 100_000)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {_api.Token}\r\n\r\n");

        await raw.RefusedUnreadAsync(414);
        (await _api.GetAsync("/healthz")).Expect(200);
    }
}
