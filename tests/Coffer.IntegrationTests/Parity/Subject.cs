using System.Globalization;
using System.Text;
using System.Text.Json;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Parity;

/// <summary>Through what an object was made: one dialect, or the other in one of its ways.</summary>
public enum Home
{
    Objects,
    Storage,

    /// <summary>The Storage dialect, by a resumable upload.</summary>
    Pieces,

    /// <summary>The Storage dialect, by a resumable upload to a signed link.</summary>
    SignedPieces,
}

/// <summary>The one object of an account, and those who ask for it.</summary>
internal sealed class Subject
{
    public const string FirstText = "the first content";
    public const string Metadata = """{"k":"v"}""";

    private string _firstId = "";

    private Subject(Home home, string account, Api service, Api anon, Api other) =>
        (Home, Account, Service, Anon, Other) = (home, account, service, anon, other);

    public Home Home { get; }

    public string Account { get; }

    /// <summary>The service key of its account.</summary>
    public Api Service { get; }

    /// <summary>A key of its account without any right.</summary>
    public Api Anon { get; }

    /// <summary>The service key of another account.</summary>
    public Api Other { get; }

    public Api Nobody => Service.WithKey(null);

    public string Bucket { get; private set; } = "";

    public string Key { get; set; } = "";

    /// <summary>How the Objects dialect knows what is under the key now.</summary>
    public string Id { get; private set; } = "";

    /// <summary>What the Objects dialect calls it.</summary>
    public string Name { get; private set; } = "";

    public string Path => $"{Bucket}/{Key}";

    public static async Task<Subject> NewAsync(SharedServer server, Home home)
    {
        string account = await server.Accounts.NewNameAsync();
        var made = new Subject(
            home, account, await server.Accounts.KeyAsync(account), await server.Accounts.KeyAsync(account, "anon"), await server.Accounts.NewAsync());
        if (home is Home.Objects)
        {
            made.Name = $"name-{Guid.NewGuid():N}";
            made.Id = await made.Service.StoreAsync(
                Encoding.UTF8.GetBytes(FirstText), new { name = made.Name, content_type = "text/plain", metadata = new { k = "v" } });
            (made.Bucket, made.Key) = ($"objects-{account}", made.Id);
        }
        else
        {
            made.Bucket = await made.Service.NewBucketAsync();
            made.Key = $"dir/{Guid.NewGuid():N}.txt";
            await made.MakeAsync(FirstText);
            await made.FindIdAsync();
        }

        made._firstId = made.Id;
        return made;
    }

    /// <summary>Puts content under its key, over what is there, the way that is its home.</summary>
    public async Task MakeAsync(string text)
    {
        if (Home is Home.Storage)
        {
            (await WriteAsync("POST", text, ("x-upsert", "true"))).Expect(200);
        }
        else
        {
            await Parity.Pieces.SendAsync(this, isSigned: Home is Home.SignedPieces, text);
        }
    }

    /// <summary>Sends content to its key.</summary>
    public Task<Answer> WriteAsync(string method, string text, params (string, string)[] headers) => Service.SendObjectAsync(
        method, Bucket, Key, text, [("x-metadata", Convert.ToBase64String(Encoding.UTF8.GetBytes(Metadata))), .. headers]);

    /// <summary>Asks the Objects dialect which id is under the key now.</summary>
    public async Task FindIdAsync()
    {
        JsonElement found = Assert.Single(
            (await Service.GetAsync("/v1/objects?limit=100")).Expect(200).Json.Items("objects"), shown => Home is Home.Objects ? shown.Text("id") == Key : shown.Text("name") == Key);
        (Id, Name) = (found.Text("id")!, found.Text("name")!);
    }

    public Task<Answer> InfoAsync() => Service.InfoAsync(Bucket, Key);

    public Task<Answer> PolicyAsync(object policies) => Service.SendAsync("PUT", "/admin/v1/policies", TextOf(JsonSerializer.Serialize(policies), "application/json"));

    /// <summary>What both dialects say of it, found equal.</summary>
    public async Task<Seen> TruthAsync(string when)
    {
        Answer view = (await Service.RetrieveAsync(Id)).Expect(200);
        Assert.Equal("READ_ONLY", view.Json.Text("state"));
        Seen byId = View(view.Json).Or(Content(await Service.DownloadAsync(Id)));
        Seen byKey = Info(await InfoAsync()).Or(Content(await Service.GetAsync($"{Root}/object/authenticated/{Path}")));
        byId.AssertAgrees(byKey, $"{when}, by id and by key");
        if (Id == _firstId)
        {
            Assert.Equal(byKey.KeyCreatedAt, byId.VersionCreatedAt); // no other content was there, under no other key
        }
        else
        {
            Assert.True(string.CompareOrdinal(byKey.KeyCreatedAt, byId.VersionCreatedAt) <= 0, $"{when}: {byKey.KeyCreatedAt} is after {byId.VersionCreatedAt}");
        }

        return byId.Or(byKey);
    }

    /// <summary>Both dialects show it, with this content.</summary>
    public async Task ExpectAsync(string text, string when = "after the change")
    {
        Seen truth = await TruthAsync(when);
        Assert.Equal(text, truth.Text);
    }

    /// <summary>Neither dialect shows the object of this id and key any more; the Objects dialect still knows that it was.</summary>
    public async Task ExpectGoneAsync(string id, string key)
    {
        Assert.Equal("DELETED", (await Service.RetrieveAsync(id)).Expect(200).Json.Text("state"));
        (await Service.GetAsync($"/v1/objects/{id}/download")).ExpectError(410, "object_gone");
        Assert.DoesNotContain(id, (await Service.GetAsync("/v1/objects?limit=100")).Expect(200).Json.Ids());
        if (key.Length > 0)
        {
            (await Service.InfoAsync(Bucket, key)).ExpectRefusal(404, "NoSuchKey");
            (await Service.ReadAsync(Bucket, key)).ExpectRefusal(404, "NoSuchKey");
            Assert.DoesNotContain(key, await KeysAsync());
        }
    }

    public async Task<string[]> KeysAsync() =>
        [.. (await Service.PostAsync($"{Root}/object/list-v2/{Bucket}", "{}")).Expect(200).Json.Items("objects").Select(entry => entry.Text("name")!)];

    public static Seen View(JsonElement view) => new()
    {
        Size = Number(view, "size_bytes"),
        Type = view.Text("mime_type"),
        VersionCreatedAt = view.Text("created_at"),
        Metadata = view.GetProperty("metadata").GetRawText(),
    };

    public static Seen Info(Answer info) => new()
    {
        ETag = info.Expect(200).Json.Text("etag"),
        Size = Number(info.Json, "size"),
        Type = info.Json.Text("content_type"),
        UpdatedAt = info.Json.Text("last_modified"),
        KeyCreatedAt = info.Json.Text("created_at"),
        Metadata = info.Json.GetProperty("metadata").GetRawText(),
        LastModified = info.Header("Last-Modified"),
    };

    /// <summary>An entry of a list, or the row that a copy or deletion answers.</summary>
    public static Seen Entry(JsonElement entry) => new()
    {
        ETag = entry.GetProperty("metadata").Text("eTag"),
        Size = Number(entry.GetProperty("metadata"), "size"),
        Type = entry.GetProperty("metadata").Text("mimetype"),
        UpdatedAt = entry.Text("updated_at"),
        KeyCreatedAt = entry.Text("created_at"),
        Metadata = entry.TryGetProperty("user_metadata", out JsonElement given) ? given.GetRawText() : null,
    };

    public static Seen Content(Answer content) => Head(content.Expect(200)) with { Text = content.Text };

    /// <summary>The headers of content.</summary>
    public static Seen Head(Answer content) => new()
    {
        ETag = content.Header("ETag"),
        Size = content.Header("Content-Length"),
        Type = content.Header("Content-Type"),
        LastModified = content.Header("Last-Modified"),
    };

    private static string Number(JsonElement json, string name) => json.Number(name)!.Value.ToString(CultureInfo.InvariantCulture);
}
