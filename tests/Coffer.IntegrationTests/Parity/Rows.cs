using System.Text.Json;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;
using static Coffer.IntegrationTests.Parity.OpensTo;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Parity;

/// <summary>Every route of both dialects.</summary>
internal static class Rows
{
    private const string Protocol = "says what of the protocol there is";

    public static IReadOnlyList<Row> All { get; } =
    [
        // ---- the Objects dialect

        new Changes("POST", "/v1/objects", UploadAsync),
        new Changes("PUT", "/v1/objects/{id}/content", UploadAsync),
        new Changes("POST", "/v1/objects/{id}/complete", UploadAsync),
        new Shows("GET", "/v1/objects", Keys, (subject, api) => ListedAsync(subject, api, "/v1/objects?limit=100")),
        new Shows("GET", "/v1/objects/list_public", AnyKeyToPublicObject, (subject, api) => ListedAsync(subject, api, $"/v1/objects/list_public?name={subject.Name}")),
        new Shows("GET", "/v1/objects/public", AnyKeyToPublicObject, (subject, api) => ListedAsync(subject, api, $"/v1/objects/public?name={subject.Name}")),
        new Shows("GET", "/v1/objects/{id}", KeysOrPublicObject, async (subject, api) =>
            await api.RetrieveAsync(subject.Id) is { } view && IsAnswered(view) && view.Json.Text("state") != "DELETED" ? Subject.View(view.Json) : null),
        new Shows("GET", "/v1/objects/{id}/download", KeysOrPublicObject, (subject, api) => FollowedAsync(subject, api, "GET")),
        new Shows("POST", "/v1/objects/{id}/download", KeysOrPublicObject, (subject, api) => FollowedAsync(subject, api, "POST")),
        new Shows("GET", "/v1/objects/{id}/content", PublicObject, (subject, api) => ReadAsync(api, $"/v1/objects/{subject.Id}/content")),
        new Shows("HEAD", "/v1/objects/{id}/content", PublicObject, (subject, api) => HeadAsync(api, $"/v1/objects/{subject.Id}/content")),
        new Shows("GET", "/v1/objects/{id}/entries", KeysOrEverybodyToPublicObject, (subject, api) => LookedIntoAsync(api, $"/v1/objects/{subject.Id}/entries")),
        new Shows("GET", "/v1/objects/{id}/entries/{path}", KeysOrEverybodyToPublicObject, (subject, api) => LookedIntoAsync(api, $"/v1/objects/{subject.Id}/entries/a")),
        new Shows("HEAD", "/v1/objects/{id}/entries/{path}", KeysOrEverybodyToPublicObject, (subject, api) => LookedIntoAsync(api, $"/v1/objects/{subject.Id}/entries/a", "HEAD")),
        new Changes("PATCH", "/v1/objects/{id}", UpdateAsync),
        new Changes("DELETE", "/v1/objects/{id}", subject => EndAsync(subject, () => subject.Service.DeleteAsync($"/v1/objects/{subject.Id}"))),
        new Changes("POST", "/v1/objects/{id}/delete", subject => EndAsync(subject, () => subject.Service.RemoveAsync(subject.Id))),

        // ---- the Storage dialect

        new Apart("POST", "/bucket", "a bucket is empty when it is made"),
        new Apart("GET", "/bucket", "shows buckets, never what is in them"),
        new Apart("GET", "/bucket/{bucket}", "shows the bucket, never what is in it"),
        new Changes("PUT", "/bucket/{bucket}", PublishBucketAsync),
        new Changes("DELETE", "/bucket/{bucket}", DeleteBucketAsync),
        new Changes("POST", "/bucket/{bucket}/empty", subject =>
            EndAsync(subject, () => subject.Service.PostAsync($"{Root}/bucket/{subject.Bucket}/empty", "{}"))),

        new Shows("POST", "/object/list/{bucket}", Keys, async (subject, api) =>
        {
            string folder = subject.Key[..(subject.Key.LastIndexOf('/') + 1)];
            Answer answer = await api.PostAsync($"{Root}/object/list/{subject.Bucket}", new { prefix = folder, limit = 100 });
            return IsAnswered(answer) ? EntryOf(answer.Json.EnumerateArray(), subject.Key[folder.Length..]) : null;
        }),
        new Shows("POST", "/object/list-v2/{bucket}", Keys, async (subject, api) =>
            await api.PostAsync($"{Root}/object/list-v2/{subject.Bucket}", new { prefix = subject.Key }) is { } answer && IsAnswered(answer)
                ? EntryOf(answer.Json.GetProperty("objects").EnumerateArray(), subject.Key)
                : null),
        new Changes("POST", "/object/move", MoveAsync),
        new Changes("POST", "/object/copy", CopyAsync),
        new Shows("POST", "/object/sign/{bucket}/{key}", Keys, async (subject, api) =>
            await api.SignAsync(subject.Bucket, subject.Key) is { } signed && IsAnswered(signed)
                ? await ReadAsync(api.WithKey(null), Whole(api, signed.Json.Text("signedURL")!))
                : null),
        new Shows("POST", "/object/sign/{bucket}", Keys, async (subject, api) =>
            await api.PostAsync($"{Root}/object/sign/{subject.Bucket}", new { expiresIn = 60, paths = new[] { subject.Key } }) is { } signed
                && IsAnswered(signed) && signed.Json[0].Text("signedURL") is { } url
                ? await ReadAsync(api.WithKey(null), Whole(api, url))
                : null),
        new Shows("GET", "/object/sign/{bucket}/{key}", Link, async (subject, api) =>
            await LinkAsync(subject) is { } link ? await ReadAsync(api, link) : null),
        new Shows("HEAD", "/object/sign/{bucket}/{key}", Link, async (subject, api) =>
            await LinkAsync(subject) is { } link ? await HeadAsync(api, link) : null),
        new Changes("POST", "/object/upload/sign/{bucket}/{key}", SignedUploadAsync),
        new Changes("PUT", "/object/upload/sign/{bucket}/{key}", SignedUploadAsync),
        new Shows("GET", "/object/info/public/{bucket}/{key}", PublicBucket, (subject, api) => InfoAsync(api, $"info/public/{subject.Path}")),
        new Shows("HEAD", "/object/info/public/{bucket}/{key}", PublicBucket, (subject, api) => InfoHeadAsync(api, $"info/public/{subject.Path}")),
        new Shows("GET", "/object/info/authenticated/{bucket}/{key}", KeysOrAnyKeyToPublicBucket, (subject, api) => InfoAsync(api, $"info/authenticated/{subject.Path}")),
        new Shows("HEAD", "/object/info/authenticated/{bucket}/{key}", KeysOrAnyKeyToPublicBucket, (subject, api) => InfoHeadAsync(api, $"info/authenticated/{subject.Path}")),
        new Shows("GET", "/object/info/{bucket}/{key}", KeysOrPublicBucket, (subject, api) => InfoAsync(api, $"info/{subject.Path}")),
        new Shows("HEAD", "/object/info/{bucket}/{key}", KeysOrPublicBucket, (subject, api) => InfoHeadAsync(api, $"info/{subject.Path}")),
        new Shows("GET", "/object/public/{bucket}/{key}", PublicBucket, (subject, api) => ReadAsync(api, $"{Root}/object/public/{subject.Path}")),
        new Shows("HEAD", "/object/public/{bucket}/{key}", PublicBucket, (subject, api) => HeadAsync(api, $"{Root}/object/public/{subject.Path}")),
        new Shows("GET", "/object/authenticated/{bucket}/{key}", KeysOrAnyKeyToPublicBucket, (subject, api) => ReadAsync(api, $"{Root}/object/authenticated/{subject.Path}")),
        new Shows("HEAD", "/object/authenticated/{bucket}/{key}", KeysOrAnyKeyToPublicBucket, (subject, api) => HeadAsync(api, $"{Root}/object/authenticated/{subject.Path}")),
        new Shows("GET", "/object/{bucket}/{key}", KeysOrPublicBucket, (subject, api) => ReadAsync(api, $"{Root}/object/{subject.Path}")),
        new Shows("HEAD", "/object/{bucket}/{key}", KeysOrPublicBucket, (subject, api) => HeadAsync(api, $"{Root}/object/{subject.Path}")),
        new Changes("POST", "/object/{bucket}/{key}", subject => WriteAsync(subject, "POST")),
        new Changes("PUT", "/object/{bucket}/{key}", subject => WriteAsync(subject, "PUT")),
        new Changes("DELETE", "/object/{bucket}/{key}", subject => EndAsync(subject, () => subject.Service.DeleteAsync($"{Root}/object/{subject.Path}"))),
        new Changes("DELETE", "/object/{bucket}", async subject =>
        {
            Seen before = await subject.TruthAsync("before");
            HttpContent keys = TextOf(JsonSerializer.Serialize(new { prefixes = new[] { subject.Key } }), "application/json");
            Answer gone = await EndAsync(subject, () => subject.Service.SendAsync("DELETE", $"{Root}/object/{subject.Bucket}", keys));
            Subject.Entry(Assert.Single(gone.Json.EnumerateArray())).AssertAgrees(before, "what was deleted");
        }),

        new Apart("GET", "/render/image/public/{bucket}/{key}", "images are not rendered: 403 for every object"),
        new Apart("HEAD", "/render/image/public/{bucket}/{key}", "images are not rendered"),
        new Apart("GET", "/render/image/authenticated/{bucket}/{key}", "images are not rendered"),
        new Apart("HEAD", "/render/image/authenticated/{bucket}/{key}", "images are not rendered"),
        new Apart("GET", "/render/image/sign/{bucket}/{key}", "images are not rendered"),
        new Apart("HEAD", "/render/image/sign/{bucket}/{key}", "images are not rendered"),
        new Apart("DELETE", "/cdn", "there is no cache that could keep anything"),
        new Apart("DELETE", "/cdn/{bucket}", "there is no cache that could keep anything"),
        new Apart("DELETE", "/cdn/{bucket}/{key}", "there is no cache that could keep anything"),
        new Changes("POST", "/upload/resumable", subject => Pieces.BeginAsync(subject, isSigned: false)),
        new Apart("OPTIONS", "/upload/resumable", Protocol),
        new Changes("POST", "/upload/resumable/{id}", subject => Pieces.AppendAsync(subject, isSigned: false, "POST")),
        new Changes("PATCH", "/upload/resumable/{id}", subject => Pieces.AppendAsync(subject, isSigned: false, "PATCH")),
        new Changes("HEAD", "/upload/resumable/{id}", subject => Pieces.LookAsync(subject, isSigned: false)),
        new Changes("DELETE", "/upload/resumable/{id}", subject => Pieces.EndAsync(subject, isSigned: false)),
        new Apart("OPTIONS", "/upload/resumable/{id}", Protocol),
        new Changes("POST", "/upload/resumable/sign", subject => Pieces.BeginAsync(subject, isSigned: true)),
        new Apart("OPTIONS", "/upload/resumable/sign", Protocol),
        new Changes("POST", "/upload/resumable/sign/{id}", subject => Pieces.AppendAsync(subject, isSigned: true, "POST")),
        new Changes("PATCH", "/upload/resumable/sign/{id}", subject => Pieces.AppendAsync(subject, isSigned: true, "PATCH")),
        new Changes("HEAD", "/upload/resumable/sign/{id}", subject => Pieces.LookAsync(subject, isSigned: true)),
        new Changes("DELETE", "/upload/resumable/sign/{id}", subject => Pieces.EndAsync(subject, isSigned: true)),
        new Apart("OPTIONS", "/upload/resumable/sign/{id}", Protocol),
        new Apart("GET", "/status", "speaks of the server"),
        new Apart("HEAD", "/status", "speaks of the server"),
        new Apart("GET", "/version", "speaks of the server"),
        new Apart("HEAD", "/version", "speaks of the server"),
        new Apart("GET", "/health", "speaks of the server"),
        new Apart("HEAD", "/health", "speaks of the server"),
    ];

    // ---- how routes show it

    private static async Task<Seen?> ListedAsync(Subject subject, Api api, string path)
    {
        Answer page = await api.GetAsync(path);
        return IsAnswered(page) && page.Json.Items("objects").SingleOrDefault(shown => shown.Text("id") == subject.Id) is { ValueKind: JsonValueKind.Object } view
            ? Subject.View(view)
            : null;
    }

    private static async Task<Seen?> FollowedAsync(Subject subject, Api api, string method)
    {
        Answer link = await api.SendAsync(method, $"/v1/objects/{subject.Id}/download");
        return IsAnswered(link) ? await ReadAsync(api.WithKey(null), link.Json.Text("download_url")!) : null;
    }

    /// <summary>The object is no archive: whom it opens to is told so.</summary>
    private static async Task<Seen?> LookedIntoAsync(Api api, string path, string method = "GET")
    {
        Answer answer = await api.SendAsync(method, path);
        return (int)answer.Status == 400 && (method == "HEAD" || answer.Code == "archive_invalid") ? new Seen() : IsAnswered(answer) ? new Seen() : null;
    }

    private static Seen? EntryOf(IEnumerable<JsonElement> entries, string name) =>
        entries.SingleOrDefault(entry => entry.Text("name") == name) is { ValueKind: JsonValueKind.Object } entry ? Subject.Entry(entry) : null;

    private static async Task<Seen?> InfoAsync(Api api, string path) =>
        await api.GetAsync($"{Root}/object/{path}") is { } info && IsAnswered(info) ? Subject.Info(info) : null;

    private static async Task<Seen?> InfoHeadAsync(Api api, string path)
    {
        Answer info = await api.SendAsync("HEAD", $"{Root}/object/{path}");
        return IsAnswered(info) ? Subject.Head(info) with { Size = null, Type = null } : null; // these are of the JSON
    }

    private static async Task<Seen?> HeadAsync(Api api, string path) =>
        await api.SendAsync("HEAD", path) is { } answer && IsAnswered(answer) ? Subject.Head(answer) : null;

    /// <summary>Reads the whole, a part of it, and it once more on the condition that it is another.</summary>
    private static async Task<Seen?> ReadAsync(Api api, string path)
    {
        Answer whole = await api.GetAsync(path);
        if (!IsAnswered(whole))
        {
            return null;
        }

        Answer part = (await api.GetAsync(path, ("Range", "bytes=4-8"))).Expect(206);
        Assert.Equal((whole.Text[4..9], $"bytes 4-8/{whole.Body.Length}"), (part.Text, part.Header("Content-Range")));
        Assert.Equal((whole.Header("ETag"), whole.Header("Content-Type")), (part.Header("ETag"), part.Header("Content-Type")));
        Assert.Empty((await api.GetAsync(path, ("If-None-Match", whole.Header("ETag")!))).Expect(304).Body);
        return Subject.Content(whole);
    }

    private static async Task<string?> LinkAsync(Subject subject) =>
        await subject.Service.SignAsync(subject.Bucket, subject.Key) is { } signed && IsAnswered(signed) ? Whole(subject.Service, signed.Json.Text("signedURL")!) : null;

    /// <summary>False for a refusal in order; anything else fails.</summary>
    private static bool IsAnswered(Answer answer)
    {
        Assert.True((int)answer.Status is 200 or 400 or 401 or 403 or 404 or 410, $"{(int)answer.Status}: {answer.Text}");
        return (int)answer.Status == 200;
    }

    // ---- what routes change

    /// <summary>An object of the Objects dialect is in its bucket once it is complete.</summary>
    private static async Task UploadAsync(Subject subject)
    {
        string bucket = $"objects-{subject.Account}";
        CreatedObject created = await subject.Service.CreateAsync(new { name = "a new one", content_type = "text/csv" });
        await ExpectNothingAsync();
        (await subject.Service.UploadAsync(created.UploadUrl, "a,b")).Expect(200);
        await ExpectNothingAsync();

        (await subject.Service.CompleteAsync(created.Id)).Expect(200);

        Seen byId = Subject.Content(await subject.Service.DownloadAsync(created.Id));
        Answer read = await subject.Service.ReadAsync(bucket, created.Id);
        byId.AssertAgrees(Subject.Content(read).Or(Subject.Info(await subject.Service.InfoAsync(bucket, created.Id))), "a completed upload");
        Assert.Equal(("a,b", "text/csv"), (read.Text, read.Header("Content-Type")));
        await subject.ExpectAsync(Subject.FirstText);

        async Task ExpectNothingAsync()
        {
            (await subject.Service.ReadAsync(bucket, created.Id)).ExpectRefusal(404, "NoSuchKey");
            (await subject.Service.InfoAsync(bucket, created.Id)).ExpectRefusal(404, "NoSuchKey");
            Assert.DoesNotContain(created.Id, await subject.Service.NamesAsync(bucket));
            (await subject.Service.SendObjectAsync("PUT", bucket, created.Id, "over it")).ExpectRefusal(409, "KeyAlreadyExists");
        }
    }

    private static async Task UpdateAsync(Subject subject)
    {
        Seen before = await subject.TruthAsync("before");
        (await subject.Service.PatchAsync($"/v1/objects/{subject.Id}", new { name = "another name", metadata = new { other = "words" } })).Expect(200);
        Seen after = await subject.TruthAsync("renamed"); // a display name: the key stays
        Assert.Equal((before.Text, before.ETag, """{"other":"words"}"""), (after.Text, after.ETag, after.Metadata));

        (await subject.Service.PatchAsync($"/v1/objects/{subject.Id}", new { ttl_ms = 60_000 })).Expect(200);
        await subject.ExpectAsync(Subject.FirstText);
        (await subject.Service.PatchAsync($"/v1/objects/{subject.Id}", new { ttl_ms = 0 })).Expect(200);
        await subject.ExpectAsync(Subject.FirstText);
        string link = (await LinkAsync(subject))!;

        (await subject.Service.PatchAsync($"/v1/objects/{subject.Id}", new { ttl_ms = 1 })).Expect(200);

        await Task.Delay(50);
        await subject.ExpectGoneAsync(subject.Id, subject.Key);
        (await subject.Nobody.GetAsync(link)).ExpectRefusal(404, "NoSuchKey");
        if (subject.Home is not Home.Objects)
        {
            string expired = subject.Id;
            (await subject.WriteAsync("POST", "written after the end")).Expect(200); // the key is free
            await subject.FindIdAsync();
            await subject.ExpectAsync("written after the end");
            Assert.NotEqual(expired, subject.Id);
            Assert.Equal("written after the end", (await subject.Nobody.GetAsync(link)).Expect(200).Text); // the link is the key's
        }
    }

    /// <summary>What is deleted is gone in both, and for links that were made before.</summary>
    private static async Task<Answer> EndAsync(Subject subject, Func<Task<Answer>> end)
    {
        string byKey = (await LinkAsync(subject))!;
        string byId = await subject.Service.DownloadUrlAsync(subject.Id);

        Answer ended = (await end()).Expect(200);

        await subject.ExpectGoneAsync(subject.Id, subject.Key);
        (await subject.Nobody.GetAsync(byKey)).ExpectRefusal(404, "NoSuchKey");
        (await subject.Nobody.GetAsync(byId)).ExpectError(410, "object_gone");
        return ended;
    }

    /// <summary>Publishing a bucket publishes no object in the other dialect.</summary>
    private static async Task PublishBucketAsync(Subject subject)
    {
        (await SetAsync(true)).Expect(200);
        await subject.ExpectAsync(Subject.FirstText);
        JsonElement view = (await subject.Service.RetrieveAsync(subject.Id)).Expect(200).Json;
        Assert.False(view.Flag("is_public"));
        Assert.True(view.IsNullOrAbsent("public_url"));

        (await SetAsync(false)).Expect(200);
        await subject.ExpectAsync(Subject.FirstText);

        Task<Answer> SetAsync(bool isPublic) =>
            subject.Service.SendAsync("PUT", $"{Root}/bucket/{subject.Bucket}", TextOf($$"""{"public":{{(isPublic ? "true" : "false")}}}""", "application/json"));
    }

    /// <summary>A bucket that either dialect sees something in stays; one of expired objects goes.</summary>
    private static async Task DeleteBucketAsync(Subject subject)
    {
        string path = $"{Root}/bucket/{subject.Bucket}";
        (await subject.Service.DeleteAsync(path)).Expect(400);
        await subject.ExpectAsync(Subject.FirstText);
        (await subject.Service.PatchAsync($"/v1/objects/{subject.Id}", new { ttl_ms = 1 })).Expect(200);
        await Task.Delay(50);

        Answer deleted = await subject.Service.DeleteAsync(path);

        if (subject.Home is not Home.Objects)
        {
            deleted.Expect(200);
            Assert.Equal("DELETED", (await subject.Service.RetrieveAsync(subject.Id)).Expect(200).Json.Text("state"));
        }
        else
        {
            deleted.ExpectRefusal(403, "AccessDenied"); // the account needs it
        }
    }

    private static async Task MoveAsync(Subject subject)
    {
        (string id, string key) = (subject.Id, subject.Key);
        Seen before = await subject.TruthAsync("before");
        string link = (await LinkAsync(subject))!;
        string byId = await subject.Service.DownloadUrlAsync(id);

        Answer moved = await subject.Service.PostAsync($"{Root}/object/move", new { bucketId = subject.Bucket, sourceKey = key, destinationKey = "elsewhere/moved.txt" });

        if (subject.Home is Home.Objects)
        {
            moved.Expect(400); // its key is its id
            await subject.ExpectAsync(Subject.FirstText);
            return;
        }

        moved.Expect(200);
        subject.Key = "elsewhere/moved.txt";
        await subject.FindIdAsync();
        await subject.ExpectGoneAsync(id, key); // an id names one content under one key
        Seen after = await subject.TruthAsync("moved");
        Assert.Equal((before.Text, before.ETag, before.Type, before.KeyCreatedAt, before.Metadata), (after.Text, after.ETag, after.Type, after.KeyCreatedAt, after.Metadata));
        (await subject.Nobody.GetAsync(link)).ExpectRefusal(404, "NoSuchKey");
        (await subject.Nobody.GetAsync(byId)).ExpectError(410, "object_gone");
    }

    private static async Task CopyAsync(Subject subject)
    {
        Seen source = await subject.TruthAsync("before");
        string bucket = await subject.Service.NewBucketAsync();

        Answer copied = (await subject.Service.PostAsync(
            $"{Root}/object/copy", new { bucketId = subject.Bucket, sourceKey = subject.Key, destinationBucket = bucket, destinationKey = "copy" })).Expect(200);

        await subject.ExpectAsync(Subject.FirstText);
        JsonElement view = Assert.Single((await subject.Service.GetAsync("/v1/objects?limit=100")).Expect(200).Json.Items("objects"), shown => shown.Text("name") == "copy");
        Seen byId = Subject.View(view).Or(Subject.Content(await subject.Service.DownloadAsync(view.Text("id")!)));
        byId.AssertAgrees(Subject.Entry(copied.Json).Or(Subject.Content(await subject.Service.ReadAsync(bucket, "copy"))), "the copy");
        Assert.Equal((source.Text, source.ETag, source.Type, source.Metadata), (byId.Text, byId.ETag, byId.Type, byId.Metadata));
        Assert.False(view.Flag("is_public"));

        (await subject.Service.DeleteAsync($"{Root}/object/{subject.Path}")).Expect(200);
        Assert.Equal(Subject.FirstText, (await subject.Service.DownloadAsync(view.Text("id")!)).Expect(200).Text); // the bytes were shared
    }

    private static async Task SignedUploadAsync(Subject subject)
    {
        if (subject.Home is Home.Objects)
        {
            (await subject.Service.SendAsync("POST", $"{Root}/object/upload/sign/{subject.Path}", null, [("x-upsert", "true")])).ExpectRefusal(409, "KeyAlreadyExists");
            await subject.ExpectAsync(Subject.FirstText);
            return;
        }

        string id = subject.Id;
        string url = await subject.Service.UploadUrlAsync(subject.Bucket, subject.Key, ("x-upsert", "true"));
        await subject.ExpectAsync(Subject.FirstText);
        (await subject.Nobody.SendAsync("PUT", url, TextOf("sent by link"), [("x-metadata", "eyJrIjoidiJ9")])).Expect(200);

        await subject.ExpectGoneAsync(id, key: "");
        await subject.FindIdAsync();
        await subject.ExpectAsync("sent by link");
    }

    private static async Task WriteAsync(Subject subject, string method)
    {
        string id = subject.Id;
        string link = (await LinkAsync(subject))!;
        string byId = await subject.Service.DownloadUrlAsync(id);
        if (method == "POST")
        {
            (await subject.WriteAsync("POST", "not over it")).ExpectRefusal(409, "KeyAlreadyExists");
            await subject.ExpectAsync(Subject.FirstText);
        }

        Answer written = await subject.WriteAsync(method, "the second content", ("x-upsert", "true"));

        if (subject.Home is Home.Objects)
        {
            written.ExpectRefusal(409, "KeyAlreadyExists");
            await subject.ExpectAsync(Subject.FirstText);
            return;
        }

        written.Expect(200);
        await subject.ExpectGoneAsync(id, key: "");
        await subject.FindIdAsync();
        await subject.ExpectAsync("the second content");
        Assert.NotEqual(id, subject.Id);
        Assert.Equal("the second content", (await subject.Nobody.GetAsync(link)).Expect(200).Text); // the link is the key's
        (await subject.Nobody.GetAsync(byId)).ExpectError(410, "object_gone"); // the link is the content's
    }
}
