using System.Text.Json;
using Coffer.LocalFiles;

namespace Coffer.Server.Secrets;

/// <summary>The file in the data folder from which the command on the same machine reads address and keys. For its owner only.</summary>
internal static class CredentialsFile
{
    /// <summary>Brings the file up to date. One that is up to date is left alone: on a full volume it could not be written anew.</summary>
    /// <exception cref="IOException">The file cannot be written; what was there stays.</exception>
    /// <exception cref="UnauthorizedAccessException">As before.</exception>
    public static void Write(string path, string url, InstallationSecrets secrets)
    {
        byte[] content = ContentOf(url, secrets);
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
        {
            return;
        }

        string staged = path + ".new";
        File.Delete(staged); // one that an earlier run left would keep its mode
        try
        {
            OwnerOnly.MakeFile(staged);
            File.WriteAllBytes(staged, content);
            File.Move(staged, path, overwrite: true);
        }
        catch
        {
            File.Delete(staged);
            throw;
        }
    }

    private static byte[] ContentOf(string url, InstallationSecrets secrets)
    {
        using var content = new MemoryStream();
        using (var json = new Utf8JsonWriter(content, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("url", url);
            json.WriteString("api_key", secrets.ApiKey);
            if (secrets.AnonKey is not null)
            {
                json.WriteString("anon_key", secrets.AnonKey);
            }

            json.WriteString("operator_key", secrets.OperatorKey);
            json.WriteEndObject();
        }

        return content.ToArray();
    }
}
