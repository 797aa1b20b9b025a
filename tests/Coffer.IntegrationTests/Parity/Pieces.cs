using System.Globalization;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Parity;

/// <summary>The rows of resumable uploads: neither dialect sees anything of one before its end, and both see the same object after it.</summary>
internal static class Pieces
{
    private const string SecondText = "the second content, in pieces";
    private const int First = 11;

    /// <summary>Puts content under the subject's key, in two pieces and over what is there.</summary>
    public static async Task SendAsync(Subject subject, bool isSigned, string text)
    {
        Sender sender = await Sender.NewAsync(subject, isSigned);
        string upload = TusCalls.PathOf((await sender.BeginAsync(text, 0)).Expect(201));
        (await sender.AppendAsync("PATCH", upload, text, 0, 7)).Expect(204);
        Assert.Equal("1", (await sender.AppendAsync("PATCH", upload, text, 7, text.Length)).Expect(204).Header("Tus-Complete"));
    }

    /// <summary>The whole with its beginning, or the beginning alone.</summary>
    public static Task BeginAsync(Subject subject, bool isSigned) => ChangeAsync(subject, isSigned, async sender =>
    {
        (await sender.BeginAsync(SecondText, 0)).Expect(201);
        await subject.ExpectAsync(Subject.FirstText, "begun");
        Assert.Equal("1", (await sender.BeginAsync(SecondText, SecondText.Length)).Expect(201).Header("Tus-Complete"));
    });

    /// <param name="method">PATCH, or POST that stands for it.</param>
    public static Task AppendAsync(Subject subject, bool isSigned, string method) => ChangeAsync(subject, isSigned, async sender =>
    {
        string upload = TusCalls.PathOf((await sender.BeginAsync(SecondText, 0)).Expect(201));
        (await sender.AppendAsync(method, upload, SecondText, 0, First)).Expect(204);
        await subject.ExpectAsync(Subject.FirstText, "half of it sent");
        Assert.Equal("1", (await sender.AppendAsync(method, upload, SecondText, First, SecondText.Length)).Expect(204).Header("Tus-Complete"));
    });

    /// <summary>Looking changes nothing, before the end and after it.</summary>
    public static Task LookAsync(Subject subject, bool isSigned) => ChangeAsync(subject, isSigned, async sender =>
    {
        string upload = TusCalls.PathOf((await sender.BeginAsync(SecondText, First)).Expect(201));
        Assert.Equal($"{First}", (await sender.SendAsync("HEAD", upload)).Expect(200).Header("Upload-Offset"));
        await subject.ExpectAsync(Subject.FirstText, "looked at");
        (await sender.AppendAsync("PATCH", upload, SecondText, First, SecondText.Length)).Expect(204);
        Assert.Equal("1", (await sender.SendAsync("HEAD", upload)).Expect(200).Header("Tus-Complete"));
    });

    /// <summary>An upload that is ended was never there; a finished one cannot be taken back by its upload.</summary>
    public static Task EndAsync(Subject subject, bool isSigned) => ChangeAsync(subject, isSigned, async sender =>
    {
        string ended = TusCalls.PathOf((await sender.BeginAsync(SecondText, First)).Expect(201));
        (await sender.SendAsync("DELETE", ended)).Expect(204);
        (await sender.AppendAsync("PATCH", ended, SecondText, First, SecondText.Length)).ExpectTus(404);
        await subject.ExpectAsync(Subject.FirstText, "ended");
        string upload = TusCalls.PathOf((await sender.BeginAsync(SecondText, SecondText.Length)).Expect(201));
        (await sender.SendAsync("DELETE", upload)).ExpectTus(400);
    });

    private static async Task ChangeAsync(Subject subject, bool isSigned, Func<Sender, Task> change)
    {
        Seen before = await subject.TruthAsync("before");
        string id = subject.Id;
        string[] ids = await IdsAsync();
        if (!isSigned)
        {
            (await new Sender(subject, subject.Anon, null).BeginAsync(SecondText, 0)).ExpectTus(403);
            (await new Sender(subject, subject.Other, null).BeginAsync(SecondText, 0)).ExpectTus(404, "Bucket not found");
        }

        if (subject.Home is Home.Objects)
        {
            // No upload goes over it, and no link to one is made: one to another key is no way around.
            Sender guest = isSigned ? await Sender.NewAsync(subject, isSigned, $"{subject.Key}.other") : await Sender.NewAsync(subject, isSigned);
            (await guest.BeginAsync(SecondText, 0)).ExpectTus(isSigned ? 400 : 409);
            await subject.ExpectAsync(Subject.FirstText);
            return;
        }

        await change(await Sender.NewAsync(subject, isSigned));

        await subject.ExpectGoneAsync(id, key: "");
        await subject.FindIdAsync();
        Seen after = await subject.TruthAsync("finished");
        Assert.Equal((SecondText, "text/plain", Subject.Metadata, before.KeyCreatedAt), (after.Text, after.Type, after.Metadata, after.KeyCreatedAt));
        Assert.Equal(ids.Length, (await IdsAsync()).Length); // nothing of what was begun or ended
        Assert.Equal([subject.Key], await subject.KeysAsync());

        async Task<string[]> IdsAsync() => (await subject.Service.GetAsync("/v1/objects?limit=100")).Expect(200).Json.Ids();
    }

    /// <summary>Who sends: a key, or the bearer of a signed link.</summary>
    private sealed record Sender(Subject Subject, Api Api, string? Token)
    {
        /// <param name="linkKey">What a link is made for; null for the subject's key.</param>
        public static async Task<Sender> NewAsync(Subject subject, bool isSigned, string? linkKey = null) => isSigned
            ? new Sender(
                subject, subject.Nobody,
                (await subject.Service.UploadUrlAsync(subject.Bucket, linkKey ?? subject.Key, ("x-upsert", "true"))).Split("token=")[1])
            : new Sender(subject, subject.Service, null);

        /// <param name="sent">How many characters come along; 0 for no piece.</param>
        public Task<Answer> BeginAsync(string text, int sent)
        {
            string metadata = TusCalls.Metadata(
                ("bucketName", Subject.Bucket), ("objectName", Subject.Key), ("contentType", "text/plain"), ("metadata", Subject.Metadata));
            return SendAsync(
                "POST", Token is null ? TusCalls.Path : $"{TusCalls.Path}/sign", sent == 0 ? null : text[..sent],
                ("Upload-Length", text.Length.ToString(CultureInfo.InvariantCulture)), ("Upload-Metadata", metadata));
        }

        public Task<Answer> AppendAsync(string method, string upload, string text, int from, int to)
        {
            (string, string) offset = ("Upload-Offset", from.ToString(CultureInfo.InvariantCulture));
            return method == "POST"
                ? SendAsync(method, upload, text[from..to], offset, ("X-HTTP-Method-Override", "PATCH"))
                : SendAsync(method, upload, text[from..to], offset);
        }

        public Task<Answer> SendAsync(string method, string path, string? piece = null, params (string, string)[] headers) => Api.SendAsync(
            method, path, piece is null ? null : TextOf(piece, TusCalls.PieceType),
            [("Tus-Resumable", "1.0.0"), ("x-upsert", "true"), .. Token is null ? Array.Empty<(string, string)>() : [("x-signature", Token)], .. headers]);
    }
}
