using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

public sealed class DeleteTests(SharedServer server)
{
    private readonly Api _api = server.Api;

    [Theory]
    [InlineData("POST", ""), InlineData("POST", "{}"), InlineData("POST", "null"), InlineData("DELETE", null)]
    public async Task Both_forms_answer_the_full_view_of_the_tombstone(string method, string? body)
    {
        string id = await _api.StoreAsync(name: "gone.txt");

        JsonElement view = (method == "POST"
            ? await _api.PostAsync($"/v1/objects/{id}/delete", body)
            : await _api.DeleteAsync($"/v1/objects/{id}")).Expect(200).Json;

        Assert.Equal("DELETED", view.Text("state"));
        Assert.Equal("gone.txt", view.Text("name"));
        Assert.Equal(id, view.Text("id"));
    }

    [Fact]
    public async Task A_deleted_object_can_still_be_asked_for()
    {
        string id = await _api.StoreAsync(name: "gone.txt");
        (await _api.RemoveAsync(id)).Expect(200);

        JsonElement view = (await _api.RetrieveAsync(id)).Expect(200).Json;

        Assert.Equal("DELETED", view.Text("state"));
        Assert.Equal("gone.txt", view.Text("name"));
    }

    [Fact]
    public async Task Deleting_again_and_in_the_other_form_is_no_error()
    {
        string id = await _api.StoreAsync();

        (await _api.RemoveAsync(id)).Expect(200);
        (await _api.RemoveAsync(id)).Expect(200);
        Assert.Equal("DELETED", (await _api.DeleteAsync($"/v1/objects/{id}")).Expect(200).Json.Text("state"));
    }

    [Theory]
    [InlineData(Bytes.Inline), InlineData(Bytes.OneFile)]
    public async Task Every_link_made_before_ends_with_the_answer(int size)
    {
        CreatedObject created = await _api.CreateAsync(new { name = "a", content_type = "binary", is_public = true });
        (await _api.UploadAsync(created.UploadUrl, Bytes.Random(size))).Expect(200);
        string publicUrl = (await _api.CompleteAsync(created.Id)).Json.Text("public_url")!;
        string url = await _api.DownloadUrlAsync(created.Id);
        (await _api.GetAsync(url)).Expect(200);

        (await _api.RemoveAsync(created.Id)).Expect(200);

        (await _api.GetAsync(url)).ExpectError(410, "object_gone");
        (await _api.SendAsync("HEAD", url)).Expect(410);
        (await _api.GetAsync(publicUrl)).ExpectError(404, "object_not_found");
        (await _api.UploadAsync(created.UploadUrl, "again")).ExpectError(410, "object_gone");
    }

    [Fact]
    public async Task An_object_that_is_still_UPLOADING_can_be_deleted_and_stays_so()
    {
        CreatedObject created = await _api.CreateAsync();
        (await _api.UploadAsync(created.UploadUrl, "12345")).Expect(200);

        Assert.Equal("DELETED", (await _api.RemoveAsync(created.Id)).Expect(200).Json.Text("state"));

        (await _api.CompleteAsync(created.Id)).ExpectLastingConflict();
        (await _api.UploadAsync(created.UploadUrl, "again")).ExpectError(410, "object_gone");
    }

    [Fact]
    public async Task Deleting_and_completing_at_once_end_DELETED()
    {
        for (int round = 0; round < 10; round++)
        {
            CreatedObject created = await _api.CreateAsync();
            (await _api.UploadAsync(created.UploadUrl, "12345")).Expect(200);

            Answer[] answers = await Task.WhenAll(_api.CompleteAsync(created.Id), _api.RemoveAsync(created.Id));

            answers[1].Expect(200);
            Assert.Contains((int)answers[0].Status, new[] { 200, 409 });
            Assert.Equal("DELETED", (await _api.RetrieveAsync(created.Id)).Json.Text("state"));
        }
    }
}
