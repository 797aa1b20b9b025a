using Coffer.Client;
using Coffer.ClientTests.Serving;
using Microsoft.AspNetCore.Http;
using static Coffer.ClientTests.Devboxes.Script;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.Devboxes;

public sealed class OutputTests
{
    private const string Stream = "/v1/devboxes/dbx_1/executions/exec_1/stream_stdout_updates";
    private readonly ImpatientTime _time = new();

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_stream_that_breaks_off_goes_on_where_it_was(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Events(isCut: true, ": \n\n", Piece("one ", 4), Piece("two ", 8)),
            Status(502),
            Events(isCut: true),
            Events(isCut: false, Piece("three", 13)));
        using CofferClient client = Client(server);

        List<ExecutionOutput> pieces = await AllAsync(async, client);

        Assert.Equal([new("one ", 4), new("two ", 8), new("three", 13)], pieces);
        Assert.Equal([Stream, $"{Stream}?offset=8", $"{Stream}?offset=8", $"{Stream}?offset=8"], server.Seen.Select(request => request.Target));
        Assert.All(server.Seen, request => Assert.Equal("text/event-stream", request["accept"]));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Events_are_read_however_they_are_cut_and_written(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Events(
            isCut: false,
            "data:{\"output\":\"no sp", "ace\"}\r\n\r", "\nid: 7\nevent: message\ndata: {\"output\":\ndata: \"two lines\",\n", "data: \"offset\":3}\n\n",
            "\n\n: only a comment\n\ndata: {\"output\":\"größe 🎉\\n\",\"offset\":20}\n\n", $"data: {{\"output\":\"{new string('x', 100_000)}\"}}\n\n",
            "data: {\"output\":\"never whole\"}\n"));
        using CofferClient client = Client(server);

        List<ExecutionOutput> pieces = await AllAsync(async, client);

        Assert.Equal([new("no space", null), new("two lines", 3), new("größe 🎉\n", 20), new(new string('x', 100_000), null)], pieces);
    }

    [Theory]
    [InlineData(true, 408), InlineData(true, 503), InlineData(false, 408), InlineData(false, 503)]
    public async Task An_error_that_passes_opens_the_stream_again(bool async, int code)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Events(isCut: false, Piece("a", 1), $"event: error\ndata: {{\"code\":{code},\"message\":\"later\"}}\n\n"), Events(isCut: false, Piece("b", 2)));
        using CofferClient client = Client(server);

        Assert.Equal(["a", "b"], (await AllAsync(async, client)).Select(piece => piece.Output));
        Assert.Equal($"{Stream}?offset=1", server.Seen[1].Target);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_error_that_stays_is_thrown(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Events(isCut: false, Piece("a", 1), "event: error\ndata: {\"code\":410,\"message\":\"it is gone\"}\n\n"));
        using CofferClient client = Client(server);

        var error = await Assert.ThrowsAsync<CofferException>(() => AllAsync(async, client));

        Assert.Equal(410, (int)error.Status!);
        Assert.Contains("it is gone", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Seen);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task What_is_no_event_of_this_call_is_an_error(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Events(isCut: false, "data: [1]\n\n"));
        using CofferClient client = Client(server);

        var error = await Assert.ThrowsAsync<CofferException>(() => AllAsync(async, client));
        Assert.Contains("is not the JSON", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_stream_that_breaks_off_without_end_is_given_up(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Events(isCut: true, Piece("a", 1)), Events(isCut: true, ": \n\n"));
        using CofferClient client = Client(server, maxRetries: 3);

        await Assert.ThrowsAsync<CofferConnectionException>(() => AllAsync(async, client));
        Assert.Equal(4, server.Seen.Count);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Pieces_between_begin_the_count_of_tries_anew(bool async)
    {
        RequestDelegate[] answers = [.. Enumerable.Range(1, 8).Select(i => Events(isCut: i < 8, Piece($"{i}", i)))];
        await using ScriptedServer server = await ScriptedServer.StartAsync(answers);
        using CofferClient client = Client(server, maxRetries: 1);

        Assert.Equal("12345678", string.Concat((await AllAsync(async, client)).Select(piece => piece.Output)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_cancelled_stream_ends(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(async http =>
        {
            await Events(isCut: false, Piece("a", 1))(http);
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        using CofferClient client = Client(server);
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AllAsync(async, client, cancellation));
        Assert.Single(server.Seen);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Output_that_was_cut_comes_from_the_stream(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Completed(0, "the end", isCut: true), Events(isCut: false, Piece("the beginning ", 14), Piece("and the end", 25)));
        using CofferClient client = Client(server);
        Devbox devbox = client.Devboxes.FromId("dbx_1");

        ExecutionResult result = await Twin.Run(async, () => devbox.Cmd.ExecAsync("x"), () => devbox.Cmd.Exec("x"));

        Assert.Equal("the beginning and the end", await Twin.Run(async, () => result.StdoutAsync(), () => result.Stdout()));
        Assert.Equal("", await Twin.Run(async, () => result.StderrAsync(), () => result.Stderr())); // that was whole: no call
        Assert.Equal(2, server.Seen.Count);
    }

    [Fact]
    public async Task A_stream_can_be_walked_again()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Events(isCut: false, Piece("a", 1)));
        using CofferClient client = Client(server);
        IEnumerable<ExecutionOutput> blocking = client.Devboxes.StreamStdout("dbx_1", "exec_1", offset: 0);

        ExecutionOutput[] first = [.. blocking];
        ExecutionOutput[] second = [.. blocking];

        Assert.Equal(new ExecutionOutput("a", 1), Assert.Single(first));
        Assert.Equal(first, second);
        Assert.Equal([$"{Stream}?offset=0", $"{Stream}?offset=0"], server.Seen.Select(request => request.Target));
        Assert.Throws<ArgumentException>(() => client.Devboxes.StreamStderrAsync("", "exec_1"));
    }

    private CofferClient Client(ScriptedServer server, int maxRetries = 5) =>
        server.Client(options => (options.TimeProvider, options.MaxRetries) = (_time, maxRetries));

    /// <summary>Reads to the end; cancels after the first piece when there is something to cancel.</summary>
    private static Task<List<ExecutionOutput>> AllAsync(bool async, CofferClient client, CancellationTokenSource? cancellation = null)
    {
        CancellationToken token = cancellation?.Token ?? CancellationToken.None;
        return Twin.Run(async, AsynchronousAsync, Blocking);

        async Task<List<ExecutionOutput>> AsynchronousAsync()
        {
            var pieces = new List<ExecutionOutput>();
            await foreach (ExecutionOutput piece in client.Devboxes.StreamStdoutAsync("dbx_1", "exec_1").WithCancellation(token))
            {
                pieces.Add(piece);
                cancellation?.CancelAfter(50);
            }

            return pieces;
        }

        List<ExecutionOutput> Blocking()
        {
            var pieces = new List<ExecutionOutput>();
            foreach (ExecutionOutput piece in client.Devboxes.StreamStdout("dbx_1", "exec_1", cancellationToken: token))
            {
                pieces.Add(piece);
                cancellation?.CancelAfter(50);
            }

            return pieces;
        }
    }
}
