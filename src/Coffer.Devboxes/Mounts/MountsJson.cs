using System.Text;
using System.Text.Json;

namespace Coffer.Devboxes.Mounts;

/// <summary>What is mounted in a devbox, as its row keeps it: an array in wire form, without contents.</summary>
internal static class MountsJson
{
    public static string Of(IReadOnlyList<MountRequest> mounts)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (MountRequest mount in mounts)
            {
                json.WriteStartObject();
                if (mount is ObjectMountRequest ofObject)
                {
                    json.WriteString("type"u8, "object_mount"u8);
                    json.WriteString("object_id"u8, ofObject.ObjectId);
                    json.WriteString("object_path"u8, mount.Path.ToString());
                }
                else
                {
                    json.WriteString("type"u8, "file_mount"u8);
                    json.WriteString("target"u8, mount.Path.ToString());
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
