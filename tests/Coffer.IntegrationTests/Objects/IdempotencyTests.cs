using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>x-request-id: a repeated creation makes no twin.</summary>
public sealed class IdempotencyTests(SharedServer server) : IAsyncLifetime
{
    private static readonly object Body = new { name = "once", content_type = "text", metadata = new { k = "v" } };
    private Api _api = server.Api;

    public async ValueTask InitializeAsync() => _api = await server.Accounts.NewAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_same_call_twice_makes_one_object_and_answers_the_same()
    {
        Answer first = await CreateAsync("stainless-node-retry-1");
        Answer second = await CreateAsync("stainless-node-retry-1");

        Assert.Equal(first.Expect(200).Text, second.Expect(200).Text);
        Assert.Equal(1, await _api.CountAsync());
    }

    [Fact]
    public async Task The_first_answer_comes_again_even_when_the_object_has_moved_on()
    {
        Answer first = await CreateAsync("moved-on");
        (await _api.UploadAsync(first.Json.Text("upload_url")!, "bytes")).Expect(200);
        (await _api.CompleteAsync(first.Json.Text("id")!)).Expect(200);

        Answer again = (await CreateAsync("moved-on")).Expect(200);

        Assert.Equal("UPLOADING", again.Json.Text("state"));
        Assert.Equal(first.Text, again.Text);
    }

    [Fact]
    public async Task The_first_answer_comes_again_even_when_the_object_was_changed_read_or_deleted()
    {
        var body = new { name = "before", content_type = "text/csv", metadata = new { k = "v" }, ttl_ms = 3_600_000, is_public = true };
        Answer first = (await CreateAsync()).Expect(200);
        string id = first.Json.Text("id")!;

        (await _api.PatchAsync($"/v1/objects/{id}", new { name = "after", metadata = new { other = "pair" }, ttl_ms = 7_200_000, is_public = false }))
            .Expect(200);
        Assert.Equal(first.Text, (await CreateAsync()).Expect(200).Text);

        (await _api.UploadAsync(first.Json.Text("upload_url")!, "bytes")).Expect(200);
        (await _api.CompleteAsync(id)).Expect(200);
        (await _api.DownloadAsync(id)).Expect(200);
        (await _api.PatchAsync($"/v1/objects/{id}", new { metadata = (object?)null, ttl_ms = 0 })).Expect(200);
        Assert.Equal(first.Text, (await CreateAsync()).Expect(200).Text);

        (await _api.RemoveAsync(id)).Expect(200);
        Assert.Equal(first.Text, (await CreateAsync()).Expect(200).Text);

        Task<Answer> CreateAsync() => _api.PostAsync("/v1/objects", body, ("x-request-id", "changed"));
    }

    [Fact]
    public async Task Parallel_calls_with_one_id_make_one_object()
    {
        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => CreateAsync("parallel")));

        Assert.Single(answers.Select(answer => answer.Expect(200).Json.Text("id")).Distinct());
        Assert.Equal(1, await _api.CountAsync());
    }

    [Fact]
    public async Task Other_ids_and_no_id_make_other_objects()
    {
        string?[] ids =
        [
            (await CreateAsync("one")).Json.Text("id"), (await CreateAsync("two")).Json.Text("id"),
            (await _api.PostAsync("/v1/objects", Body)).Json.Text("id"), (await _api.PostAsync("/v1/objects", Body)).Json.Text("id"),
            (await CreateAsync("One")).Json.Text("id"),
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public async Task The_same_id_with_another_body_is_refused_and_makes_nothing()
    {
        (await CreateAsync("reused")).Expect(200);

        Answer other = await _api.PostAsync("/v1/objects", new { name = "other", content_type = "text" }, ("x-request-id", "reused"));

        other.ExpectError(400, "request_id_reused");
        Assert.Equal(1, await _api.CountAsync());
    }

    [Fact]
    public async Task Another_account_may_use_the_same_id()
    {
        Api other = await server.Accounts.NewAsync();

        string? mine = (await CreateAsync("shared")).Expect(200).Json.Text("id");
        string? theirs = (await other.PostAsync("/v1/objects", Body, ("x-request-id", "shared"))).Expect(200).Json.Text("id");

        Assert.NotEqual(mine, theirs);
    }

    [Fact]
    public async Task A_refused_call_does_not_use_its_id_up()
    {
        (await _api.PostAsync("/v1/objects", new { name = "", content_type = "text" }, ("x-request-id", "second-chance"))).Expect(400);

        (await CreateAsync("second-chance")).Expect(200);
    }

    [Fact]
    public async Task An_id_has_at_most_255_characters_and_may_hold_spaces()
    {
        (await CreateAsync(new string('i', 255))).Expect(200);
        (await CreateAsync("free text: with spaces, and \"quotes\"")).Expect(200);
        (await CreateAsync(new string('i', 256))).ExpectError(400, "invalid_argument");
    }

    [Fact]
    public async Task Deleting_does_not_free_the_id()
    {
        Answer first = await CreateAsync("deleted");
        (await _api.RemoveAsync(first.Json.Text("id")!)).Expect(200);

        Assert.Equal(first.Json.Text("id"), (await CreateAsync("deleted")).Expect(200).Json.Text("id"));
        Assert.Equal(0, await _api.CountAsync());
    }

    [Fact]
    public async Task An_id_is_remembered_over_kill_minus_9_and_over_an_orderly_restart()
    {
        await using CofferProcess own = await CofferProcess.StartAsync();
        Answer first = (await own.Api.PostAsync("/v1/objects", Body, ("x-request-id", "durable"))).Expect(200);

        await own.KillAsync();
        await own.StartAgainAsync();
        Answer afterKill = (await own.Api.PostAsync("/v1/objects", Body, ("x-request-id", "durable"))).Expect(200);
        (await own.Api.PostAsync("/v1/objects", new { name = "other", content_type = "text" }, ("x-request-id", "durable"))).ExpectError(400, "request_id_reused");

        await own.StopAsync();
        await own.StartAgainAsync();
        Answer afterStop = (await own.Api.PostAsync("/v1/objects", Body, ("x-request-id", "durable"))).Expect(200);

        Assert.Equal(first.Text, afterKill.Text);
        Assert.Equal(first.Text, afterStop.Text);
        Assert.Equal(1, await own.Api.CountAsync());
        (await own.Api.UploadAsync(first.Json.Text("upload_url")!, "bytes")).Expect(200); // links outlive restarts too
    }

    private Task<Answer> CreateAsync(string requestId) => _api.PostAsync("/v1/objects", Body, ("x-request-id", requestId));
}
