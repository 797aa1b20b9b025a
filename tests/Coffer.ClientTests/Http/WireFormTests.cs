using Coffer.Client;
using Coffer.ClientTests.Serving;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.Http;

public sealed class WireFormTests
{
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_reading_call_carries_key_and_accept_and_no_request_id(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json(View));
        using CofferClient client = server.Client();

        await Twin.Run(async, () => client.Objects.RetrieveAsync("obj_1"), () => client.Objects.Retrieve("obj_1"));

        SeenRequest seen = Assert.Single(server.Seen);
        Assert.Equal(("GET", "/v1/objects/obj_1"), (seen.Method, seen.Target));
        Assert.Equal("Bearer My Bearer Token", seen["Authorization"]);
        Assert.Equal("application/json", seen["Accept"]);
        Assert.Equal("Coffer/DotNet 0.1.0", seen["User-Agent"]);
        Assert.Equal("0", seen["x-coffer-retry-count"]);
        Assert.Null(seen["x-request-id"]);
        Assert.Null(seen["Content-Type"]);
        Assert.Null(seen["Accept-Encoding"]);
        Assert.Equal(server.Url.Authority, seen["Host"]);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Every_operation_has_its_route(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(http =>
            (http.Request.Path.Value!.EndsWith("/download", StringComparison.Ordinal) ? Json("""{"download_url":"http://h/x"}""")
            : http.Request.Method == "GET" && !http.Request.Path.Value.Contains("obj_", StringComparison.Ordinal) ? Json("""{"objects":[],"has_more":false}""")
            : Json(View))(http));
        using CofferClient client = server.Client();
        ObjectsClient objects = client.Objects;
        var create = new ObjectCreateRequest { Name = "ä", ContentType = "text/csv", TimeToLive = TimeSpan.FromMilliseconds(1500), IsPublic = true };
        var filter = new ObjectListRequest { Limit = 2, Name = "a b", ContentType = ObjectContentType.Tgz, State = ObjectState.ReadOnly, IncludeTotalCount = false };
        var update = new ObjectUpdateRequest { TimeToLive = TimeSpan.Zero, Metadata = new Dictionary<string, string> { ["k"] = "v" } };

        await Twin.Run(async, () => objects.CreateAsync(create), () => objects.Create(create));
        await Twin.Run(async, () => objects.ListAsync(filter), () => objects.List(filter));
        await Twin.Run(async, () => objects.ListPublicAsync(), () => objects.ListPublic());
        await Twin.Run(async, () => objects.CompleteAsync("obj_1"), () => objects.Complete("obj_1"));
        await Twin.Run(async, () => objects.GetDownloadUrlAsync("obj_1"), () => objects.GetDownloadUrl("obj_1"));
        await Twin.Run(
            async,
            () => objects.GetDownloadUrlAsync("obj_1", TimeSpan.FromSeconds(1.2)),
            () => objects.GetDownloadUrl("obj_1", TimeSpan.FromSeconds(1.2)));
        await Twin.Run(async, () => objects.UpdateAsync("obj_1", update), () => objects.Update("obj_1", update));
        await Twin.Run(async, () => objects.DeleteAsync("obj_1"), () => objects.Delete("obj_1"));

        Assert.Equal(
            [
                ("POST", "/v1/objects", """{"name":"\u00E4","content_type":"text/csv","is_public":true,"ttl_ms":1500}"""),
                ("GET", "/v1/objects?limit=2&name=a%20b&content_type=tgz&state=READ_ONLY&include_total_count=false", ""),
                ("GET", "/v1/objects/list_public", ""),
                ("POST", "/v1/objects/obj_1/complete", "{}"),
                ("GET", "/v1/objects/obj_1/download", ""),
                ("GET", "/v1/objects/obj_1/download?duration_seconds=2", ""),
                ("PATCH", "/v1/objects/obj_1", """{"metadata":{"k":"v"},"ttl_ms":0}"""),
                ("POST", "/v1/objects/obj_1/delete", "{}"),
            ],
            server.Seen.Select(seen => (seen.Method, seen.Target, seen.Text)));
        Assert.All(server.Seen.Where(seen => seen.Method != "GET"), seen => Assert.Equal("application/json", seen["Content-Type"]));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task The_admin_calls_have_their_routes_and_views(bool async)
    {
        const string Key = """{"id":"k1","token":"secret","account":"a","right":"superuser","label":null,"created_at_ms":5,"revoked_at_ms":7}""";
        await using ScriptedServer server = await ScriptedServer.StartAsync(http => ((http.Request.Method, http.Request.Path.Value) switch
        {
            ("GET", "/admin/v1/accounts") => Json("""{"accounts":[{"name":"a","created_at_ms":5}]}"""),
            ("POST", "/admin/v1/accounts") => Json("""{"name":"a","created_at_ms":5}"""),
            ("GET", "/admin/v1/keys") => Json($$"""{"keys":[{{Key}}]}"""),
            _ => Json(Key),
        })(http));
        using CofferClient client = server.Client();
        AdminClient admin = client.Admin;
        var request = new KeyCreateRequest { Account = "a", Right = KeyRight.Anon, Label = "l", Subject = "s" };

        AccountView account = await Twin.Run(async, () => admin.CreateAccountAsync("a", "sh"), () => admin.CreateAccount("a", "sh"));
        IReadOnlyList<AccountView> accounts = await Twin.Run(async, () => admin.ListAccountsAsync(), () => admin.ListAccounts());
        CreatedKey created = await Twin.Run(async, () => admin.CreateKeyAsync(request), () => admin.CreateKey(request));
        IReadOnlyList<KeyView> keys = await Twin.Run(async, () => admin.ListKeysAsync("a b"), () => admin.ListKeys("a b"));
        KeyView revoked = await Twin.Run(async, () => admin.RevokeKeyAsync("k/1", "a b"), () => admin.RevokeKey("k/1", "a b"));

        Assert.Equal(account, Assert.Single(accounts));
        Assert.Equal("secret", created.Token);
        Assert.DoesNotContain("secret", created.ToString(), StringComparison.Ordinal);
        Assert.Equal(new KeyRight("superuser"), Assert.Single(keys).Right);
        Assert.Equal(7, revoked.RevokedAtMs);
        Assert.Equal(
            [
                ("POST", "/admin/v1/accounts", """{"name":"a","jwt_secret":"sh"}"""),
                ("GET", "/admin/v1/accounts", ""),
                ("POST", "/admin/v1/keys", """{"account":"a","right":"anon","label":"l","subject":"s"}"""),
                ("GET", "/admin/v1/keys?account=a%20b", ""),
                ("DELETE", "/admin/v1/keys/k%2F1?account=a%20b", ""),
            ],
            server.Seen.Select(seen => (seen.Method, seen.Target, seen.Text)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task One_call_can_differ_from_the_client(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json(View));
        using CofferClient client = server.Client(options =>
        {
            options.BaseUrl = new Uri(server.Url, "/base/path/");
            options.Headers["X-Team"] = "one";
            options.Headers["X-Gone"] = "x";
            options.Query["tenant"] = "t";
            options.Query["page"] = "1";
        });
        var request = new RequestOptions
        {
            Headers = { ["x-team"] = "two", ["X-Gone"] = null, ["User-Agent"] = "mine/1" },
            Query = { ["page"] = "2 3" },
            Body = { ["extra"] = new System.Text.Json.Nodes.JsonObject { ["deep"] = 1 }, ["name"] = "other" },
            IdempotencyKey = "my key",
        };
        var create = new ObjectCreateRequest { Name = "n", ContentType = ObjectContentType.Text };

        await Twin.Run(async, () => client.Objects.CreateAsync(create, request), () => client.Objects.Create(create, request));

        SeenRequest seen = Assert.Single(server.Seen);
        Assert.Equal("/base/path/v1/objects?tenant=t&page=2%203", seen.Target);
        Assert.Equal("two", seen["X-Team"]);
        Assert.Null(seen["X-Gone"]);
        Assert.Equal("mine/1", seen["User-Agent"]);
        Assert.Equal("my key", seen["x-request-id"]);
        Assert.Equal("""{"name":"other","content_type":"text","extra":{"deep":1}}""", seen.Text);
    }

    [Fact]
    public async Task An_id_stays_one_path_segment()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json(View));
        using CofferClient client = server.Client();

        await client.Objects.RetrieveAsync("../a?b#c%2F é");

        Assert.Equal("/v1/objects/..%2Fa%3Fb%23c%252F%20%C3%A9", Assert.Single(server.Seen).Target);
        await Assert.ThrowsAsync<ArgumentException>(() => client.Objects.DeleteAsync(".."));
        await Assert.ThrowsAsync<ArgumentException>(() => client.Objects.DeleteAsync("."));
        await Assert.ThrowsAsync<ArgumentException>(() => client.Objects.DeleteAsync(" "));
    }

    [Theory]
    [InlineData("public"), InlineData("list_public")]
    public async Task A_word_that_names_another_route_is_no_id(string word)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json(View));
        using CofferClient client = server.Client();
        StorageObject wrong = client.StorageObjects.FromId(word);

        await Assert.ThrowsAsync<ArgumentException>(() => client.Objects.RetrieveAsync(word));
        await Assert.ThrowsAsync<ArgumentException>(() => client.Objects.DeleteAsync(word));
        await Assert.ThrowsAsync<ArgumentException>(() => wrong.GetDownloadUrlAsync());
        await Assert.ThrowsAsync<ArgumentException>(() => wrong.DownloadAsBytesAsync());
        Assert.Throws<ArgumentException>(() => client.Objects.Retrieve(word));
        Assert.Empty(server.Seen);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_header_cannot_smuggle_in_another(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json(View));
        using CofferClient client = server.Client();
        var options = new RequestOptions { Headers = { ["X-A"] = "1\r\nX-B: 2" }, MaxRetries = 0 };

        await Assert.ThrowsAsync<ArgumentException>(() => Twin.Run(
            async, () => client.Objects.RetrieveAsync("x", options), () => client.Objects.Retrieve("x", options)));

        Assert.Empty(server.Seen);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_walk_over_all_pages_repeats_the_filters_and_moves_the_cursor(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Json("""{"objects":[{"id":"a"},{"id":"b"}],"has_more":true}"""),
            Json("""{"objects":[{"id":"c"}],"has_more":false}"""));
        using CofferClient client = server.Client();
        var filter = new ObjectListRequest { Limit = 2, Search = "s" };

        List<string> ids = [];
        if (async)
        {
            await foreach (ObjectView view in client.Objects.ListAllAsync(filter))
            {
                ids.Add(view.Id);
            }
        }
        else
        {
            ids = await Twin.Run(async, () => Task.FromResult(ids), () => client.Objects.ListAll(filter).Select(view => view.Id).ToList());
        }

        Assert.Equal(["a", "b", "c"], ids);
        Assert.Equal(
            [
                "/v1/objects?limit=2&search=s&include_total_count=false",
                "/v1/objects?limit=2&starting_after=b&search=s&include_total_count=false",
            ],
            server.Seen.Select(seen => seen.Target));
    }

    [Fact]
    public async Task A_walk_over_storage_objects_gives_them_by_id_both_ways()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json("""{"objects":[{"id":"a"},{"id":"b"}],"has_more":false}"""));
        using CofferClient client = server.Client();

        string[] one = await client.StorageObjects.ListAllAsync().Select(stored => stored.Id).ToArrayAsync();
        string[] two = await Twin.Run(false, () => Task.FromResult(one), () => client.StorageObjects.ListAll().Select(stored => stored.Id).ToArray());
        StorageObjectPage page = await client.StorageObjects.ListAsync();

        Assert.Equal(["a", "b"], one);
        Assert.Equal(one, two);
        Assert.Equal(one, page.Items.Select(stored => stored.Id));
        Assert.Null(page.TotalCount);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_HTTP_client_that_was_passed_in_is_used_and_stays_open(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Store("bytes"u8.ToArray()));
        using var http = new HttpClient();
        using (CofferClient client = server.Client(options => options.HttpClient = http))
        {
            StorageObject stored = await Twin.Run(
                async,
                () => client.StorageObjects.UploadFromTextAsync("t", "n"),
                () => client.StorageObjects.UploadFromText("t", "n"));
            Assert.Equal("bytes", await Twin.Run(async, () => stored.DownloadAsTextAsync(), () => stored.DownloadAsText()));
        }

        Assert.True((await http.GetAsync(server.Url)).IsSuccessStatusCode);
        Assert.Null(server.Seen[1]["Authorization"]);
    }

    [Fact]
    public async Task A_cursor_that_does_not_move_ends_the_walk()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json("""{"objects":[{"id":"a"}],"has_more":true}"""));
        using CofferClient client = server.Client();

        Assert.Equal(2, await client.Objects.ListAllAsync().CountAsync());
    }
}
