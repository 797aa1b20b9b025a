using System.Text.Json;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;
using static Coffer.IntegrationTests.Storage.StorageCalls;
using static Coffer.IntegrationTests.Storage.TusCalls;

namespace Coffer.IntegrationTests.BadInput;

/// <summary>What changes while an upload is under way counts for its rest and its finish; the bytes stay for when it changes back.</summary>
public sealed class TusMeanwhileTests(SharedServer server)
{
    private const string Refused = "new row violates row-level security policy";
    private static readonly byte[] Half = Bytes.Random(50_000);

    [Fact]
    public async Task A_policy_that_is_withdrawn_refuses_the_finish()
    {
        (Api service, Api user, _, string bucket) = await PrepareAsync();
        string upload = await BeginHalfAsync(user, bucket);

        (await service.DeleteAsync("/admin/v1/policies?all=true")).Expect(200);
        Answer refused = (await user.AppendAsync(upload, Half.Length, Half)).ExpectTus(403, Refused);
        Assert.NotNull(refused.Header("x-coffer-decision"));
        (await user.BeginAsync(bucket, "another", 3)).ExpectTus(403, Refused);
        (await service.ReadAsync(bucket, "k")).ExpectRefusal(404, "NoSuchKey");
        await AllowAsync(service, bucket);

        await FinishAsync(service, user, bucket, upload);
    }

    [Fact]
    public async Task Who_may_add_may_replace_nothing_that_came_meanwhile()
    {
        (Api service, Api user, _, string bucket) = await PrepareAsync();
        string upload = await BeginHalfAsync(user, bucket);
        (await service.SendObjectAsync("POST", bucket, "k", "faster")).Expect(200);

        (await user.AppendAsync(upload, Half.Length, Half)).ExpectTus(409, "The resource already exists");
        (await user.AppendAsync(upload, Half.Length, Half, ("x-upsert", "true"))).ExpectTus(403, Refused);
        (await user.BeginAsync(bucket, "k", 3, null, TusCalls.Path, ("x-upsert", "true"))).ExpectTus(403, Refused);
        Assert.Equal("faster", (await service.ReadAsync(bucket, "k")).Text);
        (await service.DeleteAsync($"{Root}/object/{bucket}/k")).Expect(200);

        await FinishAsync(service, user, bucket, upload);
    }

    /// <summary>The right to write the key is not the right to another's upload.</summary>
    [Fact]
    public async Task An_upload_of_one_user_is_not_found_by_another_with_the_same_rights()
    {
        (Api service, Api user, Api other, string bucket) = await PrepareAsync();
        string upload = await BeginHalfAsync(user, bucket);

        (await other.LookAsync(upload)).ExpectTus(404);
        (await other.AppendAsync(upload, Half.Length, Half)).ExpectTus(404, "The file for this url was not found");
        (await other.EndAsync(upload)).ExpectTus(404, "The file for this url was not found");
        Assert.Equal("1", (await other.BeginAsync(bucket, "k", 3, [1, 2, 3])).Expect(201).Header("Tus-Complete")); // the key is free to all
        (await service.DeleteAsync($"{Root}/object/{bucket}/k")).Expect(200);

        await FinishAsync(service, user, bucket, upload);
    }

    [Fact]
    public async Task A_bucket_that_is_gone_takes_nothing()
    {
        Api api = await server.Accounts.NewAsync();
        Api other = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        string upload = await BeginHalfAsync(api, bucket);

        (await api.DeleteAsync($"{Root}/bucket/{bucket}")).Expect(200);
        (await api.AppendAsync(upload, Half.Length, Half)).ExpectTus(404, "Bucket not found");
        (await other.PostAsync($"{Root}/bucket", new { name = bucket })).Expect(200); // the name is now another's
        (await api.AppendAsync(upload, Half.Length, Half)).ExpectTus(404, "Bucket not found");
        Assert.Empty(await other.NamesAsync(bucket));
        (await other.DeleteAsync($"{Root}/bucket/{bucket}")).Expect(200);
        (await api.PostAsync($"{Root}/bucket", new { name = bucket })).Expect(200);

        await FinishAsync(api, api, bucket, upload);
    }

    [Fact]
    public async Task What_the_bucket_takes_no_more_is_refused()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        string upload = await BeginHalfAsync(api, bucket);

        await ChangeAsync("""{"allowed_mime_types":["image/*"]}""");
        (await api.AppendAsync(upload, Half.Length, Half)).ExpectTus(415, "mime type application/octet-stream is not supported");
        await ChangeAsync($$"""{"allowed_mime_types":null,"file_size_limit":{{(2 * Half.Length) - 1}}}""");
        (await api.AppendAsync(upload, Half.Length, Half)).ExpectTus(413, "Maximum size exceeded");
        Assert.Equal(Half.Length, await api.OffsetAsync(upload));
        (await api.ReadAsync(bucket, "k")).ExpectRefusal(404, "NoSuchKey");
        await ChangeAsync("""{"file_size_limit":null}""");

        await FinishAsync(api, api, bucket, upload);

        async Task ChangeAsync(string json) => (await api.SendAsync("PUT", $"{Root}/bucket/{bucket}", TextOf(json, "application/json"))).Expect(200);
    }

    [Fact]
    public async Task A_key_that_is_revoked_sends_no_further_piece()
    {
        string account = await server.Accounts.NewNameAsync();
        Api api = await server.Accounts.KeyAsync(account);
        (string id, string token) = await server.Accounts.MakeKeyAsync(account);
        string bucket = await api.NewBucketAsync();
        Api revoked = api.WithKey(token);
        string upload = await BeginHalfAsync(revoked, bucket);

        (await server.Process.Operator.DeleteAsync($"/admin/v1/keys/{id}")).Expect(200);
        (await revoked.AppendAsync(upload, Half.Length, Half)).ExpectRefusal(403, "AccessDenied");
        (await revoked.LookAsync(upload)).Expect(400);

        await FinishAsync(api, api, bucket, upload); // another service key of the account goes on
    }

    private static async Task<string> BeginHalfAsync(Api api, string bucket)
    {
        string upload = await api.NewUploadAsync(bucket, "k", 2 * Half.Length);
        (await api.AppendAsync(upload, 0, Half)).Expect(204);
        return upload;
    }

    private static async Task FinishAsync(Api service, Api sender, string bucket, string upload)
    {
        Assert.Equal(Half.Length, await sender.OffsetAsync(upload));
        Assert.Equal("1", (await sender.AppendAsync(upload, Half.Length, Half)).Expect(204).Header("Tus-Complete"));
        byte[] read = (await service.ReadAsync(bucket, "k")).Expect(200).Body;
        Assert.Equal([.. Half, .. Half], read);
    }

    private static async Task AllowAsync(Api service, string bucket)
    {
        string policies = JsonSerializer.Serialize(new { policies = new[] { new { preset = "authenticated-upload", bucket } } });
        (await service.SendAsync("PUT", "/admin/v1/policies", TextOf(policies, "application/json"))).Expect(200);
    }

    /// <summary>Two signed-in users who may add to a bucket, beside the account's service key.</summary>
    private async Task<(Api Service, Api User, Api Other, string Bucket)> PrepareAsync()
    {
        string account = await server.Accounts.NewNameAsync();
        Api service = await server.Accounts.KeyAsync(account);
        string bucket = await service.NewBucketAsync();
        await AllowAsync(service, bucket);
        return (service, await UserAsync("u1"), await UserAsync("u2"), bucket);

        async Task<Api> UserAsync(string subject) =>
            service.WithKey((await service.PostAsync("/admin/v1/keys", new { right = "authenticated", subject })).Expect(200).Json.Text("token")!);
    }
}
