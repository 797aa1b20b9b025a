using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>The table of calls and states, cell by cell. ERROR is brought about by taking the uploaded bytes away.</summary>
public sealed class StateMachineTests(OwnServer server) : IClassFixture<OwnServer>
{
    private readonly Api _api = server.Api;

    [Theory]
    [InlineData("UPLOADING"), InlineData("READ_ONLY"), InlineData("DELETED"), InlineData("ERROR")]
    public async Task Every_state_can_be_retrieved(string state)
    {
        Made made = await MakeAsync(state);

        JsonElement view = (await _api.RetrieveAsync(made.Id)).Expect(200).Json;

        Assert.Equal(state, view.Text("state"));
        if (state is "UPLOADING" or "READ_ONLY")
        {
            Assert.Equal(state is "READ_ONLY" ? Made.Bytes.Length : null, view.Number("size_bytes"));
        }
    }

    [Theory]
    [InlineData("UPLOADING", 200, null), InlineData("READ_ONLY", 409, "wrong_state")]
    [InlineData("DELETED", 410, "object_gone"), InlineData("ERROR", 409, "wrong_state")]
    public async Task Uploading_bytes(string state, int status, string? code)
    {
        Made made = await MakeAsync(state);

        Expect(await _api.UploadAsync(made.UploadUrl, "other bytes"), status, code);

        Assert.Equal(state, await StateAsync(made.Id));
        if (state == "READ_ONLY")
        {
            Assert.Equal(Made.Bytes, (await _api.DownloadAsync(made.Id)).Body);
        }
    }

    [Theory]
    [InlineData("UPLOADING", 200, null, "READ_ONLY"), InlineData("READ_ONLY", 200, null, "READ_ONLY")]
    [InlineData("DELETED", 409, "wrong_state", "DELETED"), InlineData("ERROR", 409, "wrong_state", "ERROR")]
    public async Task Completing(string state, int status, string? code, string then)
    {
        Made made = await MakeAsync(state);

        Expect(await _api.CompleteAsync(made.Id), status, code);

        Assert.Equal(then, await StateAsync(made.Id));
    }

    [Theory]
    [InlineData("UPLOADING", 409, "wrong_state"), InlineData("READ_ONLY", 200, null)]
    [InlineData("DELETED", 410, "object_gone"), InlineData("ERROR", 409, "wrong_state")]
    public async Task Asking_for_a_download_url(string state, int status, string? code)
    {
        Made made = await MakeAsync(state);

        Expect(await _api.GetAsync($"/v1/objects/{made.Id}/download"), status, code);
        Expect(await _api.PostAsync($"/v1/objects/{made.Id}/download", "{}"), status, code);
    }

    [Theory]
    [InlineData("UPLOADING", 404, "object_not_found"), InlineData("READ_ONLY", 200, null)]
    [InlineData("DELETED", 410, "object_gone"), InlineData("ERROR", 404, "object_not_found")]
    public async Task Getting_a_download_url(string state, int status, string? code)
    {
        Made made = await MakeAsync(state);

        Answer answer = await _api.GetAsync(Signing.DownloadUrl(server.Process, made.Id));

        if (code is null)
        {
            Assert.Equal(Made.Bytes, answer.Expect(status).Body);
        }
        else
        {
            answer.ExpectError(status, code);
        }
    }

    [Theory]
    [InlineData("UPLOADING"), InlineData("READ_ONLY"), InlineData("DELETED"), InlineData("ERROR")]
    public async Task Every_state_can_be_deleted(string state)
    {
        Made made = await MakeAsync(state);

        Assert.Equal("DELETED", (await _api.RemoveAsync(made.Id)).Expect(200).Json.Text("state"));
        Assert.Equal("DELETED", await StateAsync(made.Id));
    }

    [Theory]
    [InlineData("UPLOADING", 200, null), InlineData("READ_ONLY", 200, null), InlineData("DELETED", 410, "object_gone"), InlineData("ERROR", 409, "wrong_state")]
    public async Task Changing(string state, int status, string? code)
    {
        Made made = await MakeAsync(state);

        Expect(await _api.PatchAsync($"/v1/objects/{made.Id}", new { name = "new" }), status, code);
    }

    [Fact]
    public async Task Completing_an_upload_whose_bytes_are_gone_says_so_and_is_not_repeated()
    {
        CreatedObject created = await _api.CreateAsync("a", "binary");
        string file = await BlobFiles.MadeByAsync(server.Process, async () => (await _api.UploadAsync(created.UploadUrl, Made.Bytes)).Expect(200));
        File.Delete(file);

        Answer answer = (await _api.CompleteAsync(created.Id)).ExpectError(500, "corrupt");

        Assert.Equal("false", answer.Header("x-should-retry"));
        Assert.Equal("ERROR", await StateAsync(created.Id));
        Assert.Equal([created.Id], (await _api.GetAsync("/v1/objects?state=ERROR&limit=1")).Json.Ids());
    }

    private static void Expect(Answer answer, int status, string? code)
    {
        if (code is null)
        {
            answer.Expect(status);
        }
        else if (code == "wrong_state")
        {
            answer.ExpectLastingConflict();
        }
        else
        {
            answer.ExpectError(status, code);
        }
    }

    private async Task<string?> StateAsync(string id) => (await _api.RetrieveAsync(id)).Expect(200).Json.Text("state");

    private async Task<Made> MakeAsync(string state)
    {
        CreatedObject created = await _api.CreateAsync("a", "binary");
        string file = await BlobFiles.MadeByAsync(server.Process, async () => (await _api.UploadAsync(created.UploadUrl, Made.Bytes)).Expect(200));
        switch (state)
        {
            case "READ_ONLY":
                (await _api.CompleteAsync(created.Id)).Expect(200);
                break;
            case "DELETED":
                (await _api.RemoveAsync(created.Id)).Expect(200);
                break;
            case "ERROR":
                File.Delete(file);
                (await _api.CompleteAsync(created.Id)).Expect(500);
                break;
        }

        return new Made(created.Id, created.UploadUrl);
    }

    private sealed record Made(string Id, string UploadUrl)
    {
        public static readonly byte[] Bytes = Server.Bytes.Random(Server.Bytes.OneFile);
    }
}
