using System.Net.Http.Headers;
using System.Text.Json;

namespace Coffer.Samples;

/// <summary>The code of docs/clients/csharp.md: what Supabase's C# client sends, in its forms, by HttpClient.</summary>
public static class CSharpClient
{
    public static async Task<string> Forms(string address, string key, string bucket)
    {
        #region CSharpClient.Forms
        using var http = new HttpClient { BaseAddress = new Uri($"{address}/storage/v1/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);

        // CreateBucket: every member, sizes as text
        string members = $$"""
            {"id":"{{bucket}}","name":"{{bucket}}","owner":null,"public":false,"file_size_limit":"1000000","allowed_mime_types":["text/plain"]}
            """;
        using HttpResponseMessage made = await http.PostAsync("bucket", new StringContent(members, new MediaTypeHeaderValue("application/json")));
        made.EnsureSuccessStatusCode();

        // Upload, and Update with Upsert = true: both POST the bytes as they are
        foreach (string text in new[] { "Hello, world!", "Hello again!" })
        {
            using var upload = new HttpRequestMessage(HttpMethod.Post, $"object/{bucket}/ada/hello.txt") { Content = new StringContent(text) };
            upload.Headers.Add("cache-control", "max-age=3600");
            upload.Headers.Add("x-upsert", "true");
            using HttpResponseMessage stored = await http.SendAsync(upload);
            stored.EnsureSuccessStatusCode();
        }

        // CreateUploadSignedUrl and UploadToSignedUrl: a POST, with the token as the key
        using HttpResponseMessage signed = await http.PostAsync($"object/upload/sign/{bucket}/ada/form.txt", null);
        JsonElement ticket = JsonElement.Parse(await signed.Content.ReadAsStringAsync());
        using var filled = new HttpRequestMessage(HttpMethod.Post, ticket.GetProperty("url").GetString()!.TrimStart('/'))
        {
            Content = new StringContent("filled in"),
        };
        filled.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ticket.GetProperty("token").GetString());
        using HttpResponseMessage sent = await http.SendAsync(filled);
        sent.EnsureSuccessStatusCode();

        // Download
        string downloaded = await http.GetStringAsync($"object/{bucket}/ada/hello.txt");
        #endregion
        return downloaded;
    }
}
