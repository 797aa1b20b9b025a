using System.Text.Json;
using Coffer.Client;
using Coffer.ClientTests.Storage;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Clients;

/// <summary>Public addresses of our client are those of the published one, word for word.</summary>
public sealed class PublicUrlTests(SharedServer server)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull, // it asks what is there
    };

    [Fact]
    public async Task The_published_client_makes_the_same()
    {
        string root = $"{server.Process.BaseUrl}storage/v1";
        using var storage = new StorageClient(new Uri(root));
        string made = JsonSerializer.Serialize(
            from row in PublicUrls.All select new { path = row.Data.Item1, options = row.Data.Item2, url = storage.From("pics").GetPublicUrl(row.Data.Item1, row.Data.Item2) }, Web);

        await NodeScript.RunAsync("public-urls.mjs", server.Process, null, root, made);
    }
}
