using System.Text.Json;
using Coffer.LocalFiles;

namespace Coffer.Server.Secrets;

/// <summary>The file in the data folder from which the command on the same machine reads address and keys. For its owner only.</summary>
internal static class CredentialsFile
{
    public static void Write(string path, string url, InstallationSecrets secrets)
    {
        string staged = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly.Files;
        }

        File.Delete(staged); // one that an earlier run left would keep its mode
        using (var stream = new FileStream(staged, options))
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("url", url);
            json.WriteString("api_key", secrets.ApiKey);
            json.WriteString("operator_key", secrets.OperatorKey);
            json.WriteEndObject();
        }

        File.Move(staged, path, overwrite: true);
    }
}
