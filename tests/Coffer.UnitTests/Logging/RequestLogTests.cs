using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Coffer.Server.Logging;

namespace Coffer.UnitTests.Logging;

public sealed class RequestLogTests
{
    [Fact]
    public void A_request_is_one_line_of_json()
    {
        string line = Written(static log => log.Write(Line("/v1/objects")), asText: false);

        Assert.Equal(
            """{"time":"2026-11-20T14:07:18.25Z","event":"request","method":"GET","path":"/v1/objects","operation":"objects.list","status":404,"ms":1.235,"bytes_in":1,"bytes_out":2,"request_id":"req_1","protocol":"HTTP/1.1","account":"acct_1","error":"not_found"}""" + "\n",
            line);
    }

    [Theory]
    [InlineData("/a\"b\\c\n")]
    [InlineData("/ä€😀")]
    [InlineData("/\ud83d")]
    [InlineData("/\0\u001b[31m")]
    public void A_hostile_path_stays_inside_its_json_text(string path)
    {
        string line = Written(log => log.Write(Line(path)), asText: false);

        Assert.Equal(1, line.Count(static letter => letter == '\n'));
        JsonElement json = JsonDocument.Parse(line).RootElement;
        Assert.Equal(path.Replace('\ud83d', '\ufffd').Length > 0, json.GetProperty("path").GetString()!.Length > 0);
        Assert.Equal(404, json.GetProperty("status").GetInt32());
    }

    [Fact]
    public void On_a_terminal_it_is_a_short_text_without_control_characters()
    {
        string line = Written(static log => log.Write(Line("/a\u001b[31m")), asText: true);

        Assert.EndsWith(" 404 GET /a?[31m 1.2 ms 1 B in 2 B out not_found\n", line, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_path_is_shortened()
    {
        string path = "/" + new string('€', 16_000);

        Assert.InRange(Written(log => log.Write(Line(path)), asText: false).Length, 2048, 2500);
        Assert.InRange(Written(log => log.Write(Line(path)), asText: true).Length, 2048, 2500);
    }

    [Theory]
    [InlineData("/admin/v1/keys/019ab1de-0000-7000-8000-000000000000", "/admin/v1/keys/019ab1de-0000-7000-8000-000000000000")]
    [InlineData("/admin/v1/keys/coffer_abc", "/admin/v1/keys/***")]
    [InlineData("/admin/v1/keys/My%20Bearer%20Token", "/admin/v1/keys/***")]
    [InlineData("/Admin/v1/KEYS/9e107d9d372bb6826bd81d3542a419d6/x", "/Admin/v1/KEYS/***/***")]
    [InlineData("/v1/objects/coffer_abc/download", "/v1/objects/***/download")]
    [InlineData("/v1/objects/obj_coffer_abc", "/v1/objects/obj_coffer_abc")]
    [InlineData("/admin/v1/keys/", "/admin/v1/keys/")]
    [InlineData("/storage/v1/upload/resumable/YnVja2V0L2tleS8wMA", "/storage/v1/upload/resumable/***")]
    [InlineData("/upload/resumable/YnVja2V0L2tleS8wMA", "/upload/resumable/***")]
    [InlineData("/storage/v1/upload/resumable/sign/YnVja2V0L2tleS8wMA", "/storage/v1/upload/resumable/sign/***")]
    [InlineData("/storage/v1/upload/Resumable/YnVja2V0L2tleS8wMA/x", "/storage/v1/upload/Resumable/***/***")]
    [InlineData("/storage/v1/upload/resumable", "/storage/v1/upload/resumable")]
    [InlineData("/storage/v1/upload/resumable/", "/storage/v1/upload/resumable/")]
    [InlineData("/storage/v1/upload/resumable/sign", "/storage/v1/upload/resumable/sign")]
    [InlineData("/storage/v1/upload/resumable/signYnVja2V0", "/storage/v1/upload/resumable/***")]
    [InlineData("/v1/objects/eyJhbGciOiJIUzI1NiJ9.e30.c2ln/download", "/v1/objects/***/download")]
    [InlineData("/storage/v1/object/eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "/storage/v1/object/***")]
    [InlineData("/storage/v1/object/b/eyJ.txt", "/storage/v1/object/b/eyJ.txt")]
    public void What_may_be_a_token_is_masked_in_the_path(string path, string logged)
    {
        Assert.Contains($"\"path\":\"{logged}\"", Written(log => log.Write(Line(path)), asText: false), StringComparison.Ordinal);
        Assert.Contains($" GET {logged} ", Written(log => log.Write(Line(path)), asText: true), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""), InlineData("/storage/v1/upload/resumable/")]
    public void A_token_is_masked_however_long_the_path_is(string start)
    {
        string token = "eyJhbGciOiJIUzI1NiJ9." + new string('a', 3000) + ".c2ln";

        foreach (bool asText in (bool[])[false, true])
        {
            Assert.DoesNotContain("eyJ", Written(log => log.Write(Line($"{start}/{token}")), asText), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Writing_a_line_allocates_nothing_once_warm()
    {
        using var sink = new LogSink(Stream.Null);
        var log = new RequestLog(sink, asText: false);
        for (int i = 0; i < 100; i++)
        {
            log.Write(Line("/v1/objects"));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            log.Write(Line("/v1/objects"));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 999); // a lock that another thread held may take some, once
    }

    [Fact]
    public void Lines_of_many_threads_arrive_whole_and_all()
    {
        string text = Written(static log => Parallel.For(0, 2000, _ => log.Write(Line("/v1/objects"))), asText: false);

        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2000, lines.Length);
        Assert.Single(lines.Distinct());
    }

    [Fact]
    public void A_reader_that_stands_still_stops_nobody_and_the_loss_is_told()
    {
        const int lines = 50_000; // more than the buffers hold
        using var stuck = new StuckStream();
        var sink = new LogSink(stuck);
        var log = new RequestLog(sink, asText: false);

        var watch = Stopwatch.StartNew();
        for (int i = 0; i < lines; i++)
        {
            log.Write(Line("/v1/objects"));
        }

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.InRange(sink.Dropped, 1000, lines);
        long dropped = sink.Dropped;
        stuck.Release();
        sink.Dispose();

        string text = stuck.Text();
        Assert.Contains($"\"event\":\"log_lines_dropped\",\"count\":{dropped}}}", text, StringComparison.Ordinal);
        Assert.Equal(lines - dropped, text.Split('\n').Count(static line => line.Contains("\"request\"", StringComparison.Ordinal)));
    }

    private static RequestLine Line(ReadOnlySpan<char> path) => new(path)
    {
        Time = new DateTime(2026, 11, 20, 14, 7, 18, 250, DateTimeKind.Utc),
        Method = "GET",
        Operation = "objects.list",
        Status = 404,
        Milliseconds = 1.23456,
        BytesIn = 1,
        BytesOut = 2,
        RequestId = "req_1",
        Account = "acct_1",
        Protocol = "HTTP/1.1",
        ErrorCode = "not_found",
    };

    private static string Written(Action<RequestLog> write, bool asText)
    {
        var output = new MemoryStream();
        using (var sink = new LogSink(output))
        {
            write(new RequestLog(sink, asText));
        }

        return Encoding.UTF8.GetString(output.ToArray());
    }

    private sealed class StuckStream : MemoryStream
    {
        private readonly ManualResetEventSlim _released = new();

        public void Release() => _released.Set();

        public string Text() => Encoding.UTF8.GetString(ToArray());

        public override void Write(byte[] buffer, int offset, int count)
        {
            _released.Wait();
            base.Write(buffer, offset, count);
        }
    }
}
