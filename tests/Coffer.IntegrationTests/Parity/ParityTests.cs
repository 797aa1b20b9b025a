using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Parity;

/// <summary>
/// One object through every route of both dialects: an object of a bucket is known to the Objects dialect by its id, and an object of
/// the Objects dialect is in the account's bucket <c>objects</c> under that id.
/// </summary>
public sealed class ParityTests(SharedServer server)
{
    public static MatrixTheoryData<string, Home> Showing => new(Rows.All.OfType<Shows>().Select(row => row.ToString()), Enum.GetValues<Home>());

    public static MatrixTheoryData<string, Home> Changing => new(Rows.All.OfType<Changes>().Select(row => row.ToString()), Enum.GetValues<Home>());

    [Fact]
    public void Every_route_of_both_dialects_has_a_row()
    {
        string[] others = ["/v1/devboxes", "/admin/", "/metrics", "/healthz", "/readyz", "/openapi/"];
        IEnumerable<string> documented =
            from operation in OpenApi.Document.Operations
            where !others.Any(other => operation.Path.StartsWith(other, StringComparison.Ordinal))
            select $"{operation.Method} {operation.Path}";

        Assert.Equal(documented.Order(), Rows.All.Select(row => row.ToString()).Order());
        Assert.All(Rows.All.OfType<Apart>(), row => Assert.NotEmpty(row.Reason));
    }

    [Theory, MemberData(nameof(Showing))]
    public async Task A_route_shows_what_both_dialects_know_to_whom_it_opens(string route, Home home)
    {
        Shows row = Rows.All.OfType<Shows>().Single(row => row.ToString() == route);
        Subject subject = await Subject.NewAsync(server, home);

        await CheckAsync("private", default);
        await PublishObjectAsync(true);
        await CheckAsync("a public object", new Openness(IsObjectPublic: true));
        await PublishBucketAsync(true);
        await CheckAsync("both public", new Openness(IsObjectPublic: true, IsBucketPublic: true));
        await PublishObjectAsync(false);
        await CheckAsync("a public bucket", new Openness(IsBucketPublic: true));
        await PublishBucketAsync(false);
        (await subject.PolicyAsync(new { policies = new[] { new { preset = "public-read", bucket = subject.Bucket } } })).Expect(200);
        await CheckAsync("read by a policy", new Openness(HasPolicy: true));
        (await subject.Service.DeleteAsync("/admin/v1/policies?all=true")).Expect(200);
        await CheckAsync("the policy taken back", default);

        if (home is not Home.Objects)
        {
            await subject.MakeAsync("the second content");
            await subject.FindIdAsync();
            await CheckAsync("overwritten", default);
            (await subject.Service.PostAsync($"{Root}/object/move", new { bucketId = subject.Bucket, sourceKey = subject.Key, destinationKey = "moved" })).Expect(200);
            subject.Key = "moved";
            await subject.FindIdAsync();
            await CheckAsync("moved", default);
        }

        // However open it was, its end is the end: for the service key and in public too.
        await PublishObjectAsync(true);
        await PublishBucketAsync(true);
        (await subject.Service.PatchAsync($"/v1/objects/{subject.Id}", new { ttl_ms = 1 })).Expect(200);
        await Task.Delay(50);
        await CheckGoneAsync("expired");

        foreach (Func<Task<Answer>> delete in (Func<Task<Answer>>[])[DeleteByIdAsync, DeleteByKeyAsync])
        {
            subject = await Subject.NewAsync(server, home);
            await PublishObjectAsync(true);
            await PublishBucketAsync(true);
            await CheckAsync("made anew", new Openness(IsObjectPublic: true, IsBucketPublic: true));
            (await delete()).Expect(200);
            await CheckGoneAsync("deleted");
        }

        Task<Answer> DeleteByIdAsync() => subject.Service.RemoveAsync(subject.Id);

        Task<Answer> DeleteByKeyAsync() => subject.Service.DeleteAsync($"{Root}/object/{subject.Path}");

        async Task CheckAsync(string when, Openness openness)
        {
            Seen truth = await subject.TruthAsync(when);
            foreach ((string who, Api api) in Callers())
            {
                Seen? shown = await row.Ask(subject, api);
                Assert.True(shown is not null == openness.Opens(row.To, who), $"{when}: {who} {(shown is null ? "is refused" : "sees it")}");
                shown?.AssertAgrees(truth, $"{when}, {who}");
            }
        }

        async Task CheckGoneAsync(string when)
        {
            foreach ((string who, Api api) in Callers())
            {
                Assert.True(await row.Ask(subject, api) is null, $"{when}: {who} sees it");
            }
        }

        IEnumerable<(string, Api)> Callers() =>
            [("service", subject.Service), ("anon", subject.Anon), ("another account", subject.Other), ("nobody", subject.Nobody)];

        async Task PublishObjectAsync(bool isPublic) =>
            (await subject.Service.PatchAsync($"/v1/objects/{subject.Id}", new { is_public = isPublic })).Expect(200);

        async Task PublishBucketAsync(bool isPublic) => (await subject.Service.SendAsync(
            "PUT", $"{Root}/bucket/{subject.Bucket}", TextOf($$"""{"public":{{(isPublic ? "true" : "false")}}}""", "application/json"))).Expect(200);
    }

    [Theory, MemberData(nameof(Changing))]
    public async Task What_a_route_changes_is_changed_in_both_dialects(string route, Home home) =>
        await Rows.All.OfType<Changes>().Single(row => row.ToString() == route).Act(await Subject.NewAsync(server, home));

    [Theory]
    [InlineData("text", "text/plain; charset=utf-8")]
    [InlineData("binary", "application/octet-stream")]
    [InlineData("tgz", "application/gzip")]
    [InlineData("tar", "application/x-tar")]
    [InlineData("unspecified", "application/octet-stream")]
    [InlineData("Text/CSV; header=present", "Text/CSV; header=present")]
    public async Task A_content_type_means_the_same_media_type_in_both(string given, string sent)
    {
        string account = await server.Accounts.NewNameAsync();
        Api api = await server.Accounts.KeyAsync(account);
        string id = await api.StoreAsync(contentType: given);
        string bucket = $"objects-{account}";

        Assert.Equal(sent, (await api.DownloadAsync(id)).Header("Content-Type"));
        Assert.Equal(sent, (await api.ReadAsync(bucket, id)).Header("Content-Type"));
        Assert.Equal(sent, (await api.InfoAsync(bucket, id)).Json.Text("content_type"));
        Assert.Equal(sent, (await api.PostAsync($"{Root}/object/list/{bucket}", new { prefix = "" })).Json[0].GetProperty("metadata").Text("mimetype"));
    }

    /// <summary>Where the two differ on purpose.</summary>
    [Fact]
    public async Task A_page_is_an_attachment_in_one_dialect_and_its_source_in_the_other()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        (await api.SendAsync("POST", $"{Root}/object/{bucket}/page", TextOf("<p>", "text/html"), [("cache-control", "max-age=60")])).Expect(200);
        string id = Assert.Single((await api.GetAsync("/v1/objects")).Json.Ids());

        Answer byId = await api.DownloadAsync(id);
        Answer byKey = await api.ReadAsync(bucket, "page");

        Assert.Equal(("text/html", "text/plain"), (byId.Header("Content-Type"), byKey.Header("Content-Type")));
        Assert.StartsWith("attachment", byId.Header("Content-Disposition"), StringComparison.Ordinal);
        Assert.Equal(("no-cache, private", "max-age=60"), (byId.Header("Cache-Control"), byKey.Header("Cache-Control"))); // the client sorts them: links end at once; a key's reader says how long
        (await api.GetAsync(await api.DownloadUrlAsync(id), ("Range", "bytes=0-0,2-2"))).Expect(200); // several ranges may be ignored
        (await api.ReadAsync(bucket, "page", ("Range", "bytes=0-0,2-2"))).Expect(416); // which this dialect's clients know as refused
    }

    /// <summary>How far the object is open.</summary>
    private readonly record struct Openness(bool IsObjectPublic = false, bool IsBucketPublic = false, bool HasPolicy = false)
    {
        public bool Opens(OpensTo to, string who)
        {
            bool isAllowed = who == "service" || (who == "anon" && HasPolicy);
            return to switch
            {
                OpensTo.Keys => isAllowed,
                OpensTo.KeysOrPublicObject => isAllowed || (IsObjectPublic && who != "nobody"),
                OpensTo.KeysOrEverybodyToPublicObject => isAllowed || IsObjectPublic,
                OpensTo.AnyKeyToPublicObject => IsObjectPublic && who != "nobody",
                OpensTo.PublicObject => IsObjectPublic,
                OpensTo.PublicBucket => IsBucketPublic,
                OpensTo.KeysOrPublicBucket => isAllowed || IsBucketPublic,
                OpensTo.KeysOrAnyKeyToPublicBucket => isAllowed || (IsBucketPublic && who != "nobody"),
                _ => true,
            };
        }
    }
}
