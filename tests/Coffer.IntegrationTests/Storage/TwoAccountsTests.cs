using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

/// <summary>Nothing of one account ever reaches the other, except by the URL of a public bucket.</summary>
public sealed class TwoAccountsTests(SharedServer server)
{
    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Another_account_s_bucket_looks_as_if_it_were_not_there(bool byWebToken)
    {
        Api mine = await OneAsync(byWebToken);
        Api theirs = await OneAsync(byWebToken);
        string bucket = await theirs.NewBucketWithAsync("secret");
        string own = await mine.NewBucketWithAsync("a");

        (await mine.GetAsync($"{Root}/bucket/{bucket}")).ExpectRefusal(404, "NoSuchBucket");
        (await mine.SendAsync("PUT", $"{Root}/bucket/{bucket}", TextOf("""{"public":true}""", "application/json"))).ExpectRefusal(404, "NoSuchBucket");
        (await mine.DeleteAsync($"{Root}/bucket/{bucket}")).ExpectRefusal(404, "NoSuchBucket");
        (await mine.PostAsync($"{Root}/bucket/{bucket}/empty")).ExpectRefusal(404, "NoSuchBucket");
        Assert.DoesNotContain(bucket, (await mine.GetAsync($"{Root}/bucket")).Expect(200).Text, StringComparison.Ordinal);
        (await mine.ReadAsync(bucket, "secret")).ExpectRefusal(404, "NoSuchBucket");
        (await mine.GetAsync($"{Root}/object/authenticated/{bucket}/secret")).ExpectRefusal(404, "NoSuchBucket");
        (await mine.GetAsync($"{Root}/object/public/{bucket}/secret")).ExpectRefusal(404, "NoSuchBucket");
        (await mine.InfoAsync(bucket, "secret")).ExpectRefusal(404, "NoSuchBucket");
        (await mine.SendObjectAsync("POST", bucket, "b", "x")).ExpectRefusal(404, "NoSuchBucket");
        (await mine.SendObjectAsync("PUT", bucket, "secret", "x")).ExpectRefusal(404, "NoSuchBucket");
        (await mine.DeleteAsync($"{Root}/object/{bucket}/secret")).ExpectRefusal(404, "NoSuchBucket");
        Assert.Equal("[]", (await mine.SendAsync("DELETE", $"{Root}/object/{bucket}", TextOf("""{"prefixes":["secret"]}""", "application/json"))).Expect(200).Text);
        (await mine.SignAsync(bucket, "secret")).ExpectRefusal(404, "NoSuchKey");
        Assert.Null((await mine.PostAsync($"{Root}/object/sign/{bucket}", new { expiresIn = 1, paths = new[] { "secret" } })).Expect(200).Json[0].Text("signedURL"));
        (await mine.SendAsync("POST", $"{Root}/object/upload/sign/{bucket}/b")).ExpectRefusal(404, "NoSuchBucket");
        Assert.Empty(await mine.NamesAsync(bucket));
        Assert.Empty((await mine.PostAsync($"{Root}/object/list-v2/{bucket}", "{}")).Expect(200).Json.Items("objects"));
        (await mine.PostAsync($"{Root}/object/copy", new { bucketId = bucket, sourceKey = "secret", destinationKey = "b", destinationBucket = own })).ExpectRefusal(404, "NoSuchBucket");
        (await mine.PostAsync($"{Root}/object/move", new { bucketId = own, sourceKey = "a", destinationKey = "b", destinationBucket = bucket })).ExpectRefusal(404, "InvalidRequest");

        Assert.Equal("content", (await theirs.ReadAsync(bucket, "secret")).Expect(200).Text);
        Assert.Equal(["secret"], await theirs.NamesAsync(bucket));
        Assert.Equal(["a"], await mine.NamesAsync(own));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Links_and_names_do_not_cross(bool byWebToken)
    {
        Api mine = await OneAsync(byWebToken);
        Api theirs = await OneAsync(byWebToken);
        string bucket = await theirs.NewBucketWithAsync("a");
        string own = await mine.NewBucketWithAsync("a", "mine");
        string token = (await mine.SignedUrlAsync(own, "a")).Split("token=")[1];
        string write = (await mine.UploadUrlAsync(own, "b")).Split("token=")[1];

        (await mine.GetAsync($"{Root}/object/sign/{bucket}/a?token={token}")).Expect(400);
        (await mine.SendAsync("PUT", $"{Root}/object/upload/sign/{bucket}/b?token={write}", TextOf("x"))).Expect(400);
        (await mine.PostAsync($"{Root}/bucket", new { name = bucket })).ExpectRefusal(409, "BucketAlreadyExists"); // names are the installation's
        Assert.Equal(["a"], await theirs.NamesAsync(bucket));
    }

    [Fact]
    public async Task A_public_bucket_of_another_account_is_read_by_URL_and_nothing_more()
    {
        Api mine = await server.Accounts.NewAsync();
        Api theirs = await server.Accounts.NewAsync();
        string bucket = await theirs.NewBucketWithAsync("a", isPublic: true);

        (await mine.GetAsync($"{Root}/object/public/{bucket}/a")).Expect(200);
        (await mine.ReadAsync(bucket, "a")).Expect(200);
        Assert.Empty(await mine.NamesAsync(bucket));
        (await mine.SignAsync(bucket, "a")).ExpectRefusal(404, "NoSuchKey"); // a link would outlive the public bucket
        (await mine.SendObjectAsync("PUT", bucket, "a", "x")).ExpectRefusal(404, "NoSuchBucket");
        (await mine.PostAsync($"{Root}/object/copy", new { bucketId = bucket, sourceKey = "a", destinationKey = "b" })).ExpectRefusal(404, "NoSuchBucket");
    }

    [Theory]
    [InlineData("service", false), InlineData("service", true)]
    [InlineData("authenticated", false), InlineData("authenticated", true)]
    [InlineData("anon", false), InlineData("anon", true)]
    public async Task Rules_of_an_account_open_nothing_to_callers_of_another(string right, bool byWebToken)
    {
        Api theirs = await server.Accounts.NewAsync();
        string bucket = await theirs.NewBucketWithAsync("a");
        string rules = """{"policies":[{"preset":"open","bucket":"*"}]}""";
        (await theirs.SendAsync("PUT", "/admin/v1/policies", TextOf(rules, "application/json"))).Expect(200);
        Api mine = await OneAsync(byWebToken, right);

        Assert.Empty(await mine.NamesAsync(bucket));
        Assert.Empty((await mine.PostAsync($"{Root}/object/list-v2/{bucket}", "{}")).Expect(200).Json.Items("objects"));
        Assert.DoesNotContain(bucket, (await mine.GetAsync($"{Root}/bucket")).Expect(200).Text, StringComparison.Ordinal);
        foreach (Answer refused in (Answer[])
        [
            await mine.ReadAsync(bucket, "a"), await mine.InfoAsync(bucket, "a"), await mine.GetAsync($"{Root}/bucket/{bucket}"),
            await mine.SendObjectAsync("POST", bucket, "b", "x"), await mine.DeleteAsync($"{Root}/object/{bucket}/a"),
        ])
        {
            refused.ExpectRefusal(404, "NoSuchBucket");
        }

        Assert.Equal(["a"], await theirs.NamesAsync(bucket));
    }

    [Fact]
    public async Task The_operator_owns_no_buckets()
    {
        Api operatorKey = server.Process.Operator;

        (await operatorKey.GetAsync($"{Root}/bucket")).ExpectRefusal(403, "AccessDenied", "Unauthorized");
        (await operatorKey.PostAsync($"{Root}/bucket", new { name = NewName() })).ExpectRefusal(403, "AccessDenied");
    }

    /// <summary>Somebody with an account of its own.</summary>
    private async Task<Api> OneAsync(bool byWebToken, string right = "service")
    {
        string account = await server.Accounts.NewNameAsync();
        return byWebToken ? await server.Accounts.WebTokenAsync(account, right) : await server.Accounts.KeyAsync(account, right);
    }
}
