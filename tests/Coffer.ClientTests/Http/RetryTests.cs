using Microsoft.AspNetCore.Http;
using Coffer.Client;
using Coffer.ClientTests.Serving;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.Http;

public sealed class RetryTests
{
    private readonly ImpatientTime _time = new();

    [Theory]
    [InlineData(true, 408), InlineData(true, 409), InlineData(true, 429), InlineData(true, 500), InlineData(true, 503)]
    [InlineData(false, 408), InlineData(false, 409), InlineData(false, 429), InlineData(false, 500), InlineData(false, 503)]
    public async Task A_passing_failure_is_tried_again_until_it_passes(bool async, int status)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Status(status), Status(status), Json(View));

        ObjectView view = await RetrieveAsync(server, async);

        Assert.Equal("obj_1", view.Id);
        Assert.Equal(["0", "1", "2"], server.Seen.Select(request => request["x-coffer-retry-count"]));
        Assert.InRange(_time.Waits.ElementAt(0), TimeSpan.FromSeconds(0.75), TimeSpan.FromSeconds(1));
        Assert.InRange(_time.Waits.ElementAt(1), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData(true, 400), InlineData(true, 401), InlineData(true, 403), InlineData(true, 404), InlineData(true, 410), InlineData(true, 422)]
    [InlineData(false, 400), InlineData(false, 404)]
    public async Task A_lasting_failure_is_not_tried_again(bool async, int status)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Status(status), Json(View));

        var error = await Assert.ThrowsAsync<CofferException>(() => RetrieveAsync(server, async));

        Assert.Equal(status, (int)error.Status!);
        Assert.False(error.IsTransient);
        Assert.Single(server.Seen);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task The_server_has_the_last_word_on_whether_to_try_again(bool async)
    {
        await using ScriptedServer final = await ScriptedServer.StartAsync(Status(409, ("x-should-retry", "false")), Json(View));
        var error = await Assert.ThrowsAsync<CofferException>(() => RetrieveAsync(final, async));
        Assert.False(error.IsTransient);
        Assert.Single(final.Seen);

        await using ScriptedServer passing = await ScriptedServer.StartAsync(Status(404, ("x-should-retry", "true")), Json(View));
        await RetrieveAsync(passing, async);
        Assert.Equal(2, passing.Seen.Count);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task After_five_retries_the_last_failure_is_thrown(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Status(503, ("x-request-id", "r1")));

        var error = await Assert.ThrowsAsync<CofferException>(() => RetrieveAsync(server, async));

        Assert.Equal(6, server.Seen.Count);
        Assert.True(error.IsTransient);
        Assert.Equal("word", error.Code);
        Assert.Equal("r1", error.RequestId);
        Assert.Contains("status 503", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"code\"", error.RawBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("retry-after-ms", "1500", 1.5), InlineData("retry-after", "2.5", 2.5), InlineData("retry-after", "60", 60)]
    public async Task The_server_says_when_to_come_back(string header, string value, double seconds)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Status(429, (header, value)), Json(View));

        await RetrieveAsync(server, async: true);

        Assert.Equal(TimeSpan.FromSeconds(seconds), _time.Waits.First());
    }

    [Fact]
    public async Task A_wish_of_more_than_a_minute_is_not_granted()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Status(429, ("retry-after", "61")), Json(View));

        await RetrieveAsync(server, async: true);

        Assert.InRange(_time.Waits.First(), TimeSpan.FromSeconds(0.75), TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_cut_connection_is_tried_again(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Cut, Cut, Json(View));

        await RetrieveAsync(server, async);

        Assert.Equal(3, server.Seen.Count);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_answer_cut_in_the_middle_is_tried_again(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            async http =>
            {
                http.Response.ContentLength = 100;
                await http.Response.WriteAsync("{\"id\":");
                await http.Response.Body.FlushAsync();
                await Task.Delay(50);
                http.Abort();
            },
            Json(View));

        ObjectView view = await RetrieveAsync(server, async);

        Assert.Equal("obj_1", view.Id);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_server_that_hangs_runs_into_the_timeout_of_each_try(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Hang);

        var error = await Assert.ThrowsAsync<CofferTimeoutException>(() => RetrieveAsync(server, async, options =>
        {
            options.Timeout = TimeSpan.FromMilliseconds(200);
            options.MaxRetries = 1;
        }));

        Assert.True(error.IsTransient);
        Assert.Null(error.Status);
        Assert.Equal(2, server.Seen.Count);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Nobody_at_the_address_is_a_connection_failure(bool async)
    {
        using var client = new CofferClient(new CofferClientOptions
        {
            BaseUrl = new("http://127.0.0.1:9"), BearerToken = "key", MaxRetries = 0,
        });

        var error = await Assert.ThrowsAsync<CofferConnectionException>(
            () => Twin.Run(async, () => client.Objects.RetrieveAsync("x"), () => client.Objects.Retrieve("x")));

        Assert.True(error.IsTransient);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task All_tries_of_a_writing_call_carry_one_request_id(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Status(500), Cut, Json(View));
        using CofferClient client = server.Client(options => options.TimeProvider = _time);

        await Twin.Run(async, () => client.Objects.CompleteAsync("obj_1"), () => client.Objects.Complete("obj_1"));

        Assert.Equal(3, server.Seen.Count);
        Assert.StartsWith("coffer-dotnet-retry-", Assert.Single(server.Seen.Select(request => request["x-request-id"]).Distinct()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Cancelling_ends_the_wait_between_two_tries(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Status(500, ("retry-after", "50")));
        using CofferClient client = server.Client();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Twin.Run(
            async,
            () => client.Objects.RetrieveAsync("x", cancellationToken: cancellation.Token),
            () => client.Objects.Retrieve("x", cancellationToken: cancellation.Token)));

        Assert.Single(server.Seen);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Cancelling_ends_a_call_that_hangs(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Hang);
        using CofferClient client = server.Client();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Twin.Run(
            async,
            () => client.Objects.RetrieveAsync("x", cancellationToken: cancellation.Token),
            () => client.Objects.Retrieve("x", cancellationToken: cancellation.Token)));
    }

    [Theory]
    [InlineData(1, 0.0, 1.0), InlineData(1, 1.0, 0.75), InlineData(3, 0.0, 4.0), InlineData(7, 0.0, 60.0), InlineData(60, 0.0, 60.0)]
    public void The_wait_doubles_up_to_a_minute(int failedTries, double random, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryRules.Backoff(failedTries, random));

    [Fact]
    public void A_date_to_come_back_at_is_understood()
    {
        using var answer = new HttpResponseMessage();
        answer.Headers.TryAddWithoutValidation("retry-after", "Fri, 20 Nov 2026 12:00:30 GMT");

        TimeSpan? wait = RetryRules.RetryAfter(answer.Headers, new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));

        Assert.Equal(TimeSpan.FromSeconds(30), wait);
    }

    private async Task<ObjectView> RetrieveAsync(ScriptedServer server, bool async, Action<CofferClientOptions>? set = null)
    {
        using CofferClient client = server.Client(options =>
        {
            options.TimeProvider = _time;
            set?.Invoke(options);
        });
        return await Twin.Run(async, () => client.Objects.RetrieveAsync("obj_1"), () => client.Objects.Retrieve("obj_1"));
    }
}
