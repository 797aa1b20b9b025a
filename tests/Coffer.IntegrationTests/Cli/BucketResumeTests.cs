using System.Diagnostics;
using System.Globalization;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Server;
using Microsoft.AspNetCore.Http;

namespace Coffer.IntegrationTests.Cli;

/// <summary>Large uploads over ends of the command, against a server that stops listening at a known place.</summary>
public sealed class BucketResumeTests
{
    private const int Piece = 6 << 20;

    [Theory]
    [InlineData("cp", "./big.bin", "web/big.bin")]
    [InlineData("sync", "./folder", "web/")]
    public async Task An_upload_that_was_interrupted_goes_on_where_the_server_got_to(string verb, string from, string to)
    {
        var uploads = new StallingUploads { StallsAt = Piece };
        await using ScriptedServer server = await ScriptedServer.StartAsync(uploads.AnswerAsync);
        using CommandLine line = Opened(server);
        byte[] bytes = Bytes.Random((2 * Piece) + 1000);
        line.Write("big.bin", bytes);
        line.Write("folder/big.bin", bytes);

        using Process first = line.Start(verb, from, to);
        await uploads.Stalled.WaitAsync(TimeSpan.FromSeconds(30));
        CommandLine.Interrupt(first);
        CommandLine.Ended interrupted = (await CommandLine.EndAsync(first)).Expect(130);
        uploads.StallsAt = null;
        int before = server.Seen.Count;
        CommandLine.Ended second = (await line.RunAsync(verb, from, to)).Expect();

        Assert.Equal("coffer: interrupted; what was finished before stays\n", interrupted.Errors);
        Assert.Equal("web/big.bin\n", second.Output);
        Assert.Equal(
            ["HEAD", $"PATCH {Piece}", $"PATCH {2 * Piece}"],
            server.Seen.Skip(before).Where(static seen => seen.Target.Contains("resumable", StringComparison.Ordinal))
                .Select(static seen => $"{seen.Method} {seen["Upload-Offset"]}".Trim()));
        Assert.Equal(bytes, uploads.Bytes);
        Assert.Empty(Directory.GetFiles(line.PathOf("home/coffer/uploads"))); // what is finished is not remembered
    }

    [Theory]
    [InlineData("cp", "./folder/big.bin", "web/big.bin")]
    [InlineData("sync", "./folder", "web/")]
    public async Task A_file_that_is_overwritten_meanwhile_fails_and_goes_up_whole_with_the_next_run(string verb, string from, string to)
    {
        var uploads = new StallingUploads { StallsAt = Piece };
        await using ScriptedServer server = await ScriptedServer.StartAsync(uploads.AnswerAsync);
        using CommandLine line = Opened(server);
        string big = line.PathOf(line.Write("folder/big.bin", Bytes.Random((2 * Piece) + 1000)));

        using Process first = line.Start(verb, from, to);
        await uploads.Stalled.WaitAsync(TimeSpan.FromSeconds(30));
        using (FileStream file = File.Open(big, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Write(new byte[1000]);
            file.Seek(-1000, SeekOrigin.End);
            file.Write(new byte[1000]);
        }

        uploads.GoOn();
        CommandLine.Ended torn = (await CommandLine.EndAsync(first)).Expect(1);
        bool isWhole = uploads.Bytes.Length == new FileInfo(big).Length;
        CommandLine.Ended second = (await line.RunAsync(verb, from, to)).Expect();

        Assert.Equal("", torn.Output);
        Assert.Equal($"coffer: ./folder/big.bin: '{big}' was changed while it was uploaded; run it again when nothing writes to it\n", torn.Errors);
        Assert.False(isWhole);
        Assert.Equal("web/big.bin\n", second.Output);
        Assert.Equal(await File.ReadAllBytesAsync(big), uploads.Bytes);
        Assert.Empty(Directory.GetFiles(line.PathOf("home/coffer/uploads")));
    }

    [Fact]
    public async Task An_upload_with_other_words_is_another_upload()
    {
        var uploads = new StallingUploads { StallsAt = Piece };
        await using ScriptedServer server = await ScriptedServer.StartAsync(uploads.AnswerAsync);
        using CommandLine line = Opened(server);
        line.Write("big.bin", Bytes.Random(Piece + 1000));

        using Process first = line.Start("cp", "./big.bin", "web/big.bin");
        await uploads.Stalled.WaitAsync(TimeSpan.FromSeconds(30));
        CommandLine.Interrupt(first);
        (await CommandLine.EndAsync(first)).Expect(130);
        uploads.StallsAt = null;
        int before = server.Seen.Count;
        (await line.RunAsync("cp", "./big.bin", "web/big.bin", "--type", "text/csv")).Expect();

        Assert.Equal("POST", server.Seen[before].Method);
    }

    [Fact]
    public async Task A_refusal_in_plain_text_is_told_like_any_other()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(static http =>
        {
            http.Response.StatusCode = 409;
            http.Response.ContentType = "text/plain";
            return http.Response.WriteAsync("The resource already exists");
        });
        using CommandLine line = Opened(server);
        line.Write("big.bin", Bytes.Random(Piece + 1));

        (await line.RunAsync("cp", "./big.bin", "web/big.bin")).ExpectError(
            1, "./big.bin: the resource already exists; add --upsert to replace it, or --no-clobber to leave what is there");
        (await line.RunAsync("cp", "./big.bin", "web/big.bin", "--json")).Expect(1);
    }

    [Theory]
    [InlineData(400, "Invalid key: b[", "invalid key: b[; a key has only letters", "InvalidKey")]
    [InlineData(404, "Bucket not found", "bucket not found; `coffer bucket list` shows what there is", "NoSuchBucket")]
    [InlineData(404, "The file for this url was not found", "the file for this url was not found; try again", "NoSuchUpload")]
    [InlineData(409, "Upload-Offset conflict", "upload-Offset conflict; try again", "NoSuchUpload")]
    [InlineData(410, "The file for this url no longer exists", "the file for this url no longer exists; try again", "NoSuchUpload")]
    [InlineData(413, "Maximum size exceeded", "maximum size exceeded; the bucket's limit, as in `coffer bucket list`, or", "EntityTooLarge")]
    [InlineData(415, "mime type a/b is not supported", "mime type a/b is not supported; `coffer bucket list` shows what the bucket takes", "InvalidMimeType")]
    public async Task What_to_do_is_said_of_a_refusal_in_plain_text_too(int status, string said, string told, string code)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = "text/plain";
            return http.Response.WriteAsync(said);
        });
        using CommandLine line = Opened(server);
        line.Write("big.bin", Bytes.Random(Piece + 1));

        CommandLine.Ended ended = (await line.RunAsync("cp", "./big.bin", "web/big.bin")).Expect(1);
        CommandLine.Ended asJson = (await line.RunAsync("cp", "./big.bin", "web/big.bin", "--json")).Expect(1);

        Assert.Contains($"./big.bin: {told}", ended.Errors, StringComparison.Ordinal);
        Assert.Contains($"\"code\":\"{code}\"", asJson.Errors + asJson.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_of_policies_in_plain_text_names_its_decision()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(static http =>
        {
            http.Response.StatusCode = 403;
            http.Response.ContentType = "text/plain";
            http.Response.Headers["x-coffer-decision"] = "dec_01j0qv3s7kd3mq9v6w2t5x8y4z";
            return http.Response.WriteAsync("new row violates row-level security policy");
        });
        using CommandLine line = Opened(server);
        line.Write("big.bin", Bytes.Random(Piece + 1));

        Assert.Contains(
            "`coffer policy explain dec_01j0qv3s7kd3mq9v6w2t5x8y4z` tells why",
            (await line.RunAsync("cp", "./big.bin", "web/big.bin")).Expect(1).Errors, StringComparison.Ordinal);
    }

    private static CommandLine Opened(ScriptedServer server)
    {
        CommandLine line = CommandLine.Bare();
        return line.Set("COFFER_URL", server.Url.ToString()).Set("COFFER_API_KEY", "a key").Set("XDG_DATA_HOME", line.PathOf("home"));
    }

    /// <summary>Takes one upload in pieces, and an empty bucket to list; at one place it takes the bytes and never answers.</summary>
    private sealed class StallingUploads
    {
        private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private MemoryStream _bytes = new();
        private string _length = "";

        public long? StallsAt { get; set; }

        public Task Stalled => _stalled.Task;

        public void GoOn()
        {
            StallsAt = null;
            _goesOn.TrySetResult();
        }

        public byte[] Bytes => _bytes.ToArray();

        public async Task AnswerAsync(HttpContext http)
        {
            HttpResponse answer = http.Response;
            answer.Headers["Tus-Resumable"] = "1.0.0";
            switch (http.Request.Method)
            {
                case "POST" when http.Request.Path.Value!.Contains("list", StringComparison.Ordinal):
                    answer.ContentType = "application/json";
                    await answer.WriteAsync("""{"hasNext":false,"folders":[],"objects":[]}""");
                    break;
                case "GET":
                    answer.ContentType = "application/json";
                    await answer.WriteAsync("""{"id":"web","name":"web","owner":"","public":false}""");
                    break;
                case "POST":
                    _bytes = new MemoryStream();
                    _length = http.Request.Headers["Upload-Length"].ToString();
                    answer.StatusCode = 201;
                    answer.Headers.Location = $"{http.Request.Path}/id-1";
                    break;
                case "PATCH" when _bytes.Length == StallsAt:
                    _stalled.TrySetResult();
                    await _goesOn.Task.WaitAsync(http.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
                    if (_goesOn.Task.IsCompleted)
                    {
                        goto case "PATCH";
                    }

                    break;
                case "PATCH":
                    await _bytes.WriteAsync(ScriptedServer.BodyOf(http));
                    answer.StatusCode = 204;
                    goto default;
                default:
                    answer.Headers["Upload-Length"] = _length;
                    answer.Headers["Upload-Offset"] = _bytes.Length.ToString(CultureInfo.InvariantCulture);
                    break;
            }
        }
    }
}
