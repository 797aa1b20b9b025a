using System.Text.Json;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Parity;

/// <summary>What a policy allows, it allows through both dialects, and no more.</summary>
public sealed class PolicyTests(SharedServer server)
{
    [Fact]
    public async Task Who_may_add_may_replace_nothing()
    {
        (Api service, Api user, string bucket) = await PrepareAsync("authenticated-upload");

        (await user.SendObjectAsync("POST", bucket, "a", "first")).Expect(200);

        (await user.SendObjectAsync("POST", bucket, "a", "second", ("x-upsert", "true"))).ExpectRefusal(403, "AccessDenied");
        (await user.SendObjectAsync("PUT", bucket, "a", "second")).ExpectRefusal(403, "AccessDenied");
        (await user.SendObjectAsync("PUT", bucket, "new", "second")).ExpectRefusal(403, "AccessDenied");
        (await user.SendAsync("POST", $"{Root}/object/upload/sign/{bucket}/a", null, [("x-upsert", "true")])).ExpectRefusal(403, "AccessDenied");
        Assert.Equal("first", (await service.ReadAsync(bucket, "a")).Text);
        Assert.Equal(["a"], await service.NamesAsync(bucket));
    }

    [Fact]
    public async Task A_folder_of_one_s_own_is_all_that_either_dialect_shows()
    {
        (Api service, Api user, string bucket) = await PrepareAsync("own-folder");
        string[] keys = ["u1/mine.txt", "u10/theirs.txt", "u1", "u2/theirs.txt", "U1/theirs.txt"];
        foreach (string key in keys)
        {
            (await service.SendObjectAsync("POST", bucket, key, key)).Expect(200);
        }

        Dictionary<string, string> ids = (await service.GetAsync("/v1/objects")).Json.Items("objects").ToDictionary(shown => shown.Text("name")!, shown => shown.Text("id")!);
        Assert.Equal(["u1"], await user.NamesAsync(bucket)); // the folder, not the object of the same name
        Assert.Equal(["mine.txt"], await user.NamesAsync(bucket, new { prefix = "u1" }));
        Assert.Empty(await user.NamesAsync(bucket, new { prefix = "u10" }));
        Assert.Equal(
            ["u1/mine.txt"], (await user.PostAsync($"{Root}/object/list-v2/{bucket}", "{}")).Json.Items("objects").Select(entry => entry.Text("name")!));
        Assert.Equal([ids["u1/mine.txt"]], (await user.GetAsync("/v1/objects")).Expect(200).Json.Ids());
        foreach (string key in keys)
        {
            int expected = key == "u1/mine.txt" ? 200 : 400;
            (await user.ReadAsync(bucket, key)).Expect(expected);
            (await user.InfoAsync(bucket, key)).Expect(expected);
            (await user.SignAsync(bucket, key)).Expect(expected);
            (await user.SendObjectAsync("PUT", bucket, key, "written")).Expect(expected);
            (await user.RetrieveAsync(ids[key])).Expect(expected == 200 ? 200 : 404);
        }
    }

    [Fact]
    public async Task A_user_deletes_in_either_dialect_what_is_theirs()
    {
        (Api service, Api user, string bucket) = await PrepareAsync("owner-only");
        (await user.SendObjectAsync("POST", bucket, "mine", "x")).Expect(200);
        (await service.SendObjectAsync("POST", bucket, "theirs", "x")).Expect(200);
        Dictionary<string, string> ids = (await service.GetAsync("/v1/objects")).Json.Items("objects").ToDictionary(shown => shown.Text("name")!, shown => shown.Text("id")!);

        (await user.DeleteAsync($"{Root}/object/{bucket}/theirs")).ExpectRefusal(404, "NoSuchKey");
        (await user.RemoveAsync(ids["theirs"])).ExpectError(404, "object_not_found");
        (await user.RemoveAsync(ids["mine"])).Expect(200);

        (await user.ReadAsync(bucket, "mine")).ExpectRefusal(404, "NoSuchKey");
        Assert.Equal(["theirs"], await service.NamesAsync(bucket));
    }

    /// <summary>A bucket with one policy, and a signed-in user u1 beside the account's service key.</summary>
    private async Task<(Api Service, Api User, string Bucket)> PrepareAsync(string preset)
    {
        string account = await server.Accounts.NewNameAsync();
        Api service = await server.Accounts.KeyAsync(account);
        string bucket = await service.NewBucketAsync();
        string policies = JsonSerializer.Serialize(new { policies = new[] { new { preset, bucket } } });
        (await service.SendAsync("PUT", "/admin/v1/policies", TextOf(policies, "application/json"))).Expect(200);
        string token = (await service.PostAsync("/admin/v1/keys", new { right = "authenticated", subject = "u1" })).Expect(200).Json.Text("token")!;
        return (service, service.WithKey(token), bucket);
    }
}
