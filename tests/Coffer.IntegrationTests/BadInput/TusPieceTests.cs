using System.Globalization;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;
using static Coffer.IntegrationTests.Storage.TusCalls;

namespace Coffer.IntegrationTests.BadInput;

/// <summary>Pieces of an upload that begin at the wrong place, end past the end, break off anywhere, or come twice at once.</summary>
public sealed class TusPieceTests(SharedServer server)
{
    [Fact]
    public async Task A_piece_that_begins_elsewhere_is_a_conflict_and_changes_nothing()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        byte[] bytes = Bytes.Random(100);
        string upload = await api.NewUploadAsync(bucket, "k", 100);
        (await api.AppendAsync(upload, 0, bytes[..10])).Expect(204);
        foreach (long offset in new[] { 0, 9, 11, 100, 101, long.MaxValue })
        {
            (await api.AppendAsync(upload, offset, bytes[..10])).ExpectTus(409, "Upload-Offset conflict");
        }

        foreach (string offset in new[] { "-1", "ten", "", "1.5", "9223372036854775808" })
        {
            (await api.SendAsync("PATCH", upload, StorageCalls.TextOf("abc", PieceType), [("Tus-Resumable", "1.0.0"), ("Upload-Offset", offset)]))
                .ExpectTus(400, "Invalid upload-offset");
        }

        Assert.Equal(10, await api.OffsetAsync(upload));
        Assert.Equal("1", (await api.AppendAsync(upload, 10, bytes[10..])).Expect(204).Header("Tus-Complete"));
        (await api.AppendAsync(upload, 10, bytes[10..])).ExpectTus(409, "Upload-Offset conflict"); // the same once more
        Assert.Equal(bytes, (await api.ReadAsync(bucket, "k")).Body);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_piece_past_the_end_is_refused_whole(bool isSizeSaid)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        byte[] bytes = Bytes.Random(100_000);
        string upload = await api.NewUploadAsync(bucket, "k", bytes.Length);
        (await api.AppendAsync(upload, 0, bytes[..10])).Expect(204);
        (await AppendAsync(10, [.. bytes[10..], 1])).ExpectTus(413, "Maximum size exceeded");
        Assert.Equal(10, await api.OffsetAsync(upload));

        (await AppendAsync(10, bytes[10..])).Expect(204);
        (await AppendAsync(bytes.Length, [1])).ExpectTus(413, "Maximum size exceeded");
        Assert.Equal("1", (await AppendAsync(bytes.Length, [])).Expect(204).Header("Tus-Complete")); // asks whether it is finished
        Assert.Equal(bytes, (await api.ReadAsync(bucket, "k")).Body);

        Task<Answer> AppendAsync(long offset, byte[] piece) => isSizeSaid
            ? api.AppendAsync(upload, offset, piece)
            : api.SendAsync("PATCH", upload, StorageCalls.Unsized(piece, PieceType), [("Tus-Resumable", "1.0.0"), ("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture))]);
    }

    [Fact]
    public async Task An_upload_of_no_bytes_takes_none_along()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();

        (await api.BeginAsync(bucket, "k", 0, "abc"u8.ToArray())).ExpectTus(413, "Maximum size exceeded");
        (await api.SendAsync("POST", TusCalls.Path, StorageCalls.Unsized("abc"u8.ToArray(), PieceType),
            [("Tus-Resumable", "1.0.0"), ("Upload-Length", "0"), ("Upload-Metadata", Metadata(("bucketName", bucket), ("objectName", "k")))])).ExpectTus(413, "Maximum size exceeded");
        Assert.Empty(await api.NamesAsync(bucket));

        Answer begun = (await api.BeginAsync(bucket, "k", 0, [])).Expect(201);
        Assert.Equal(("0", "1"), (begun.Header("Upload-Offset"), begun.Header("Tus-Complete")));
        Assert.Empty((await api.ReadAsync(bucket, "k")).Expect(200).Body);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public async Task Requests_that_are_cut_at_any_byte_leave_an_upload_that_goes_on(int seed)
    {
        var random = new Random(seed);
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        byte[] bytes = Bytes.Random(400_000 + seed, seed);
        string upload = await api.NewUploadAsync(bucket, "k", bytes.Length);

        bool isWhole = false;
        for (int tries = 0; !isWhole; tries++)
        {
            int offset = (int)await api.OffsetAsync(upload);
            if (tries < 12)
            {
                await CutAsync(offset);
                continue;
            }

            // A request that was cut may reach the server only after the question: then the sender asks again.
            Answer sent = await api.AppendAsync(upload, offset, bytes[offset..]);
            Assert.True(tries < 100 && (int)sent.Status is 204 or 409 or 503, $"{(int)sent.Status}: {sent.Text}");
            isWhole = sent.Header("Tus-Complete") == "1";
        }

        Assert.Equal(bytes, (await api.ReadAsync(bucket, "k")).Expect(200).Body);

        async Task CutAsync(int offset)
        {
            bool isChunked = random.Next(2) == 0;
            int size = bytes.Length - offset;
            string head = $"PATCH {upload} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {api.Token}\r\nTus-Resumable: 1.0.0\r\n"
                + $"Upload-Offset: {offset}\r\nContent-Type: {PieceType}\r\n"
                + (isChunked ? $"Transfer-Encoding: chunked\r\n\r\n{size:x}\r\n" : $"Content-Length: {size}\r\n\r\n");
            await using RawHttp raw = await RawHttp.ConnectAsync(server.Process);
            if (random.Next(6) == 0)
            {
                await raw.SendAsync(head[..random.Next(head.Length)]);
                return;
            }

            await raw.SendAsync(head);
            await raw.SendAsync(bytes.AsMemory(offset, Math.Min(size - 1, random.Next(80_000))));
            if (random.Next(2) == 0)
            {
                raw.FinishSending(); // in order, but too early
                await raw.AnswerOrEndAsync();
            }
            else
            {
                await Task.Delay(random.Next(60)); // a reset takes back what was not read yet
            }
        }
    }

    [Theory]
    [InlineData(2), InlineData(8)]
    public async Task Pieces_that_race_at_one_offset_never_mix(int senders)
    {
        const int Size = 300_000;
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        string upload = await api.NewUploadAsync(bucket, "k", Size + 1);

        Answer[] answers = await Task.WhenAll(Enumerable.Range(1, senders).Select(sender => api.AppendAsync(upload, 0, Of(sender, Size))));

        Assert.All(answers, answer => Assert.True((int)answer.Status is 204 or 409 or 503, $"{(int)answer.Status}: {answer.Text}"));
        Assert.InRange(answers.Count(answer => (int)answer.Status == 204), 0, 1);
        int offset = (int)await api.OffsetAsync(upload);
        Assert.Equal(answers.Any(answer => (int)answer.Status == 204), offset == Size);
        (await api.AppendAsync(upload, offset, Of(99, Size + 1 - offset))).Expect(204);
        byte[] read = (await api.ReadAsync(bucket, "k")).Expect(200).Body;
        Assert.Single(read[..offset].Append(read[0]).Distinct());
        Assert.Equal(Of(99, Size + 1 - offset), read[offset..]);

        static byte[] Of(int sender, int size)
        {
            byte[] bytes = new byte[size];
            Array.Fill(bytes, (byte)sender);
            return bytes;
        }
    }
}
