using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

public sealed class CompleteTests(SharedServer server)
{
    private readonly Api _api = server.Api;

    [Theory]
    [InlineData(""), InlineData("{}"), InlineData("null"), InlineData("  \n"), InlineData("""{"unknown":1}""")]
    public async Task Every_form_of_an_empty_body_completes(string body)
    {
        CreatedObject created = await _api.CreateAsync();
        (await _api.UploadAsync(created.UploadUrl, "12345")).Expect(200);

        JsonElement view = (await _api.PostAsync($"/v1/objects/{created.Id}/complete", body)).Expect(200).Json;

        Assert.Equal("READ_ONLY", view.Text("state"));
        Assert.Equal(5, view.Number("size_bytes"));
        Assert.True(view.IsNullOrAbsent("upload_url"));
    }

    [Fact]
    public async Task No_body_and_no_content_type_complete_too()
    {
        CreatedObject created = await _api.CreateAsync();
        (await _api.UploadAsync(created.UploadUrl, "12345")).Expect(200);

        (await _api.SendAsync("POST", $"/v1/objects/{created.Id}/complete")).Expect(200);
    }

    [Fact]
    public async Task An_empty_upload_is_an_upload()
    {
        CreatedObject created = await _api.CreateAsync();
        (await _api.UploadAsync(created.UploadUrl, [])).Expect(200);

        Assert.Equal(0, (await _api.CompleteAsync(created.Id)).Expect(200).Json.Number("size_bytes"));

        Assert.Empty((await _api.DownloadAsync(created.Id)).Expect(200).Body);
    }

    [Fact]
    public async Task Completing_before_anything_was_uploaded_is_refused_and_changes_nothing()
    {
        CreatedObject created = await _api.CreateAsync();

        (await _api.CompleteAsync(created.Id)).ExpectError(400, "nothing_uploaded");

        Assert.Equal("UPLOADING", (await _api.RetrieveAsync(created.Id)).Json.Text("state"));
        (await _api.UploadAsync(created.UploadUrl, "late")).Expect(200);
        (await _api.CompleteAsync(created.Id)).Expect(200);
    }

    [Fact]
    public async Task Completing_again_answers_the_same_view()
    {
        string id = await _api.StoreAsync();

        Answer first = (await _api.CompleteAsync(id)).Expect(200);
        Answer second = (await _api.CompleteAsync(id)).Expect(200);

        Assert.Equal(first.Text, second.Text);
    }

    [Fact]
    public async Task Completing_in_parallel_succeeds_for_everyone()
    {
        CreatedObject created = await _api.CreateAsync();
        (await _api.UploadAsync(created.UploadUrl, "12345")).Expect(200);

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _api.CompleteAsync(created.Id)));

        Assert.All(answers, answer => Assert.Equal(5, answer.Expect(200).Json.Number("size_bytes")));
    }
}
