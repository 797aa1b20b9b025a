using System.Text.Json;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.IntegrationTests.Access;

/// <summary>Policies over HTTP, in the Objects dialect.</summary>
public sealed class PolicyTests(SharedServer server)
{
    [Fact]
    public async Task Users_with_a_policy_make_and_read_their_own_objects_and_no_others()
    {
        (Api service, string account) = await AccountAsync();
        Api ann = await UserAsync(account, "ann");
        Api ben = await UserAsync(account, "ben");
        (await ann.PostAsync("/v1/objects", new { name = "a", content_type = "text" })).ExpectError(403, "access_denied");
        await PutAsync(service, """[{"preset":"owner-only","bucket":"BUCKET"}]""", account);

        string own = await ann.StoreAsync("ann's", "a");
        string others = await ben.StoreAsync("ben's", "b");
        await service.StoreAsync("nobody's", "c");

        Assert.Equal("ann's", (await ann.DownloadAsync(own)).Expect(200).Text);
        Assert.Equal([own], (await ann.GetAsync("/v1/objects")).Expect(200).Json.Ids());
        Assert.Equal(1, (await ann.GetAsync("/v1/objects")).Json.Number("total_count"));
        Assert.Equal([own], (await ann.GetAsync($"/v1/objects?search={own}")).Expect(200).Json.Ids());
        Assert.Empty((await ann.GetAsync($"/v1/objects?search={others}")).Expect(200).Json.Ids());
        (await ann.RetrieveAsync(others)).ExpectError(404, "object_not_found");
        (await ann.GetAsync($"/v1/objects/{others}/download")).ExpectError(404, "object_not_found");
        (await ann.RemoveAsync(others)).ExpectError(404, "object_not_found");
        (await ann.PatchAsync($"/v1/objects/{others}", new { name = "x" })).ExpectError(404, "object_not_found");
        Assert.Equal("changed", (await ann.PatchAsync($"/v1/objects/{own}", new { name = "changed" })).Expect(200).Json.Text("name"));
        (await ann.RemoveAsync(own)).Expect(200);
        Assert.Equal(3, (await service.GetAsync("/v1/objects")).Json.Number("total_count") + 1);
    }

    [Fact]
    public async Task Who_may_only_see_is_told_so_and_what_is_missing_looks_hidden()
    {
        (Api service, string account) = await AccountAsync();
        Api anon = await server.Accounts.KeyAsync(account, "anon");
        string id = await service.StoreAsync("text");
        Answer hidden = (await anon.RetrieveAsync(id)).ExpectError(404, "object_not_found");
        Answer missing = (await anon.RetrieveAsync("obj_01j0qv3s7kd3mq9v6w2t5x8y4z")).ExpectError(404, "object_not_found");
        Assert.NotNull(hidden.Header("x-coffer-decision"));
        Assert.NotNull(missing.Header("x-coffer-decision"));
        Assert.Equal(hidden.Text, missing.Text);

        await PutAsync(service, """[{"preset":"public-read","bucket":"BUCKET"}]""", account);

        (await anon.RetrieveAsync(id)).Expect(200);
        Assert.Equal([id], (await anon.GetAsync("/v1/objects")).Expect(200).Json.Ids());
        Answer refused = (await anon.RemoveAsync(id)).ExpectError(403, "access_denied");
        Assert.NotNull(refused.Header("x-coffer-decision"));
        (await anon.RetrieveAsync(id)).Expect(200);
    }

    [Fact]
    public async Task An_upload_only_user_uploads_and_completes_and_reads_nothing()
    {
        (Api service, string account) = await AccountAsync();
        await PutAsync(service, """[{"preset":"authenticated-upload","bucket":"BUCKET"}]""", account);
        Api ann = await UserAsync(account, "ann");

        string id = await ann.StoreAsync("content");

        (await ann.RetrieveAsync(id)).Expect(404);
        Assert.Equal("content", (await service.DownloadAsync(id)).Expect(200).Text);
        CreatedObject waiting = await ann.CreateAsync();
        (await ann.UploadAsync(waiting.UploadUrl, "x")).Expect(200);
        (await (await UserAsync(account, "ben")).CompleteAsync(waiting.Id)).Expect(404); // it is not his
        (await ann.CompleteAsync(waiting.Id)).Expect(200);
    }

    [Fact]
    public async Task A_refusal_names_a_decision_whose_suggestion_lets_the_call_pass()
    {
        (Api service, string account) = await AccountAsync();
        Api ann = await UserAsync(account, "ann");
        Api ben = await UserAsync(account, "ben");
        string id = await service.StoreAsync("text");
        string neighbour = await service.StoreAsync("text");

        string decision = (await ann.RetrieveAsync(id)).Expect(404).Header("x-coffer-decision")!;
        JsonElement told = (await service.GetAsync($"/admin/v1/decisions/{decision}")).Expect(200).Json;

        Assert.Equal((decision, account, "objects.retrieve"), (told.Text("id"), told.Text("account"), told.Text("operation")));
        Assert.Equal("ann", told.GetProperty("caller").Text("subject"));
        Assert.DoesNotContain(ann.Token!, told.GetRawText(), StringComparison.Ordinal);
        (await PutAsync(service, told.GetProperty("suggested").GetRawText(), account)).Expect(200);
        (await ann.RetrieveAsync(id)).Expect(200);
        (await ann.RetrieveAsync(neighbour)).Expect(404);
        (await ben.RetrieveAsync(id)).Expect(404);
        (await ann.GetAsync($"/v1/objects/{id}/download")).Expect(404); // another operation
        RequestLine[] lines = await RequestLine.WhenAsync(server.Process, lines => lines.Any(line => line.Decision == decision));
        Assert.Equal(404, Assert.Single(lines, line => line.Decision == decision).Status);
    }

    [Fact]
    public async Task A_refusal_of_the_storage_api_stands_in_the_log_by_its_decision()
    {
        (Api service, string account) = await AccountAsync();
        string bucket = await service.NewBucketWithAsync("a.txt");
        Api ann = await UserAsync(account, "ann");

        string plain = (await ann.ReadAsync(bucket, "a.txt")).Expect(400).Header("x-coffer-decision")!;
        string tus = (await ann.SendAsync("POST", $"{StorageCalls.Root}/upload/resumable", headers:
        [
            ("Tus-Resumable", "1.0.0"), ("Upload-Length", "4"),
            ("Upload-Metadata", $"bucketName {Base64(bucket)},objectName {Base64("b.txt")}"),
        ])).Header("x-coffer-decision")!;

        RequestLine[] lines = await RequestLine.WhenAsync(server.Process, lines => lines.Any(line => line.Decision == tus));
        Assert.Equal("storage.object.get_authenticated", Assert.Single(lines, line => line.Decision == plain).Operation);
        Assert.Equal("storage.tus.upload.create", Assert.Single(lines, line => line.Decision == tus).Operation);
    }

    [Fact]
    public async Task Who_has_no_name_completes_what_waits_for_it_and_is_told_nothing_of_what_is_complete()
    {
        (Api service, string account) = await AccountAsync();
        string hidden = await service.StoreAsync("the service's own", "secret name");
        await PutAsync(service, """[{"name":"drop","effect":"allow","operations":["insert"],"bucket":"BUCKET","roles":["anon"]}]""", account);
        Api anon = await server.Accounts.KeyAsync(account, "anon");

        CreatedObject made = await anon.CreateAsync();
        (await anon.UploadAsync(made.UploadUrl, "x")).Expect(200);

        Assert.Equal("READ_ONLY", (await anon.CompleteAsync(made.Id)).Expect(200).Json.Text("state"));
        Answer refused = (await anon.CompleteAsync(hidden)).ExpectError(404, "object_not_found");
        Assert.DoesNotContain("secret name", refused.Text, StringComparison.Ordinal);
        (await anon.CompleteAsync(made.Id)).ExpectError(404, "object_not_found");
    }

    [Fact]
    public async Task A_request_id_of_one_user_gives_another_nothing()
    {
        (Api service, string account) = await AccountAsync();
        await PutAsync(service, """[{"preset":"owner-only","bucket":"BUCKET"}]""", account);
        Api ann = await UserAsync(account, "ann");
        Api ben = await UserAsync(account, "ben");
        (string, string) requestId = ("x-request-id", $"same-{Guid.NewGuid():N}");
        const string body = """{"name":"a","content_type":"text"}""";

        string made = (await ann.PostAsync("/v1/objects", body, requestId)).Expect(200).Json.Text("id")!;

        Assert.Equal(made, (await ann.PostAsync("/v1/objects", body, requestId)).Expect(200).Json.Text("id"));
        Assert.NotEqual(made, (await ben.PostAsync("/v1/objects", body, requestId)).Expect(200).Json.Text("id"));
    }

    [Fact]
    public async Task Policies_are_put_listed_and_removed()
    {
        (Api service, string account) = await AccountAsync();
        (await service.SendAsync("PUT", "/admin/v1/policies", Json("""{"policies":[{"name":"a","operations":["read"],"bucket":"*"}]}""")))
            .ExpectError(400, "invalid_argument");
        await PutAsync(service, """[{"preset":"own-folder","bucket":"a"},{"preset":"open","bucket":"b"}]""", account);

        JsonElement listed = (await service.GetAsync("/admin/v1/policies")).Expect(200).Json;
        Assert.Equal(["own-folder: a", "open: b", "open-bucket: b"], listed.Items("policies").Select(policy => policy.Text("name")));
        Assert.Empty(listed.Items("managed"));
        Assert.Equal(3, (await server.Process.Operator.GetAsync($"/admin/v1/policies?account={account}")).Expect(200).Json.Items("policies").Length);

        (await service.DeleteAsync("/admin/v1/policies")).ExpectError(400, "invalid_argument");
        Assert.Equal(1, (await service.DeleteAsync("/admin/v1/policies?name=open%3A%20b&name=unknown")).Expect(200).Json.Number("removed"));
        Assert.Equal(2, (await service.DeleteAsync("/admin/v1/policies?all=true")).Expect(200).Json.Number("removed"));
    }

    [Fact]
    public async Task A_test_stores_nothing_and_tells_what_a_call_would_meet()
    {
        (Api service, string _) = await AccountAsync();
        Answer refused = await service.PostAsync("/admin/v1/policies/test", """
            {"verbs":["insert"],"operation":"object.upload","role":"authenticated","claims":{"sub":"u1","aal":"aal1"},"bucket":"avatars","key":"u2/a.png",
             "policies":[{"preset":"own-folder","bucket":"avatars"}]}
            """);

        Assert.False(refused.Expect(200).Json.Flag("allowed"));
        Assert.Equal("u2", refused.Json.GetProperty("facts").Text("folder[1]"));
        Assert.Empty((await service.GetAsync("/admin/v1/policies")).Json.Items("policies"));
        Answer allowed = await service.PostAsync("/admin/v1/policies/test", """
            {"verbs":["update","select"],"role":"authenticated","subject":"u1","bucket":"avatars","key":"u1/a.png","new_key":"u1/b.png",
             "policies":[{"preset":"own-folder","bucket":"avatars"}]}
            """);
        Assert.True(allowed.Expect(200).Json.Flag("allowed"));
        foreach (string wrong in (string[])
        [
            "{}", """{"verbs":[],"bucket":"a","key":"k"}""", """{"verbs":["read"],"bucket":"a","key":"k"}""", """{"verbs":["select"],"bucket":"a"}""",
            """{"verbs":["select"],"bucket":"a","key":"k","claims":5}""", """{"verbs":["select"],"bucket":"a","key":"k","policies":[{"when":1}]}""",
            """{"verbs":["select"],"bucket":"a","key":"k","claims":{"\ud800":1}}""", """{"verbs":["select"],"bucket":"a","key":"k","headers":{"\ud800":"x"}}""",
            """{"verbs":["select"],"bucket":"a","key":"k","claims":{"sub":"\ud800"}}""", """{"verbs":["select"],"bucket":"a","key":"k","headers":{"x":"\ud800"}}""",
            """{"verbs":["select"],"bucket":"a","key":"k","user_metadata":{"\ud800":1}}""", """{"verbs":["\ud800"],"bucket":"a","key":"k"}""",
            """{"verbs":["select"],"bucket":"a","key":"k","policies":[{"\ud800":1}]}""", """{"verbs":["select"],"bucket":"a","key":"k","policies":{"\ud800":1}}""",
            """{"verbs":["select"],"bucket":"a","key":"k","policies":[{"name":"n","operations":"select","bucket":"a","when":{"\ud800":1}}]}""",
        ])
        {
            (await service.PostAsync("/admin/v1/policies/test", wrong)).ExpectError(400, "invalid_argument");
        }
    }

    private async Task<(Api Service, string Account)> AccountAsync()
    {
        string account = await server.Accounts.NewNameAsync();
        return (await server.Accounts.KeyAsync(account), account);
    }

    private async Task<Api> UserAsync(string account, string subject) => server.Api.WithKey(
        (await server.Process.Operator.PostAsync("/admin/v1/keys", new { account, right = "authenticated", subject })).Expect(200).Json.Text("token"));

    private static async Task<Answer> PutAsync(Api service, string policies, string account) => (await service.SendAsync(
        "PUT", "/admin/v1/policies", Json($$"""{"policies":{{policies.Replace("BUCKET", $"objects-{account}", StringComparison.Ordinal)}}}"""))).Expect(200);

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}
