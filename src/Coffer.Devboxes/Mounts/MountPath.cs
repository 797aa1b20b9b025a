using System.Text;

namespace Coffer.Devboxes.Mounts;

/// <summary>Where something is mounted: an absolute path of the devbox, kept as one below its root.</summary>
/// <param name="Inside">Without a slash at either end; empty for the root.</param>
/// <param name="IsFolder">Whether it ended in a slash.</param>
public readonly record struct MountPath(string Inside, bool IsFolder)
{
    private const int MaxBytes = 4095;
    private const int MaxNameBytes = 255;
    private const int MaxDepth = 50; // and an archive's 200 below it, so that everything in a devbox can be counted

    /// <exception cref="StoreException">InvalidArgument, naming the member.</exception>
    public static MountPath Parse(string path, string member)
    {
        if (!path.StartsWith('/'))
        {
            throw Invalid($"{member} is not absolute: a mount's path begins with /");
        }

        if (path.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(path) > MaxBytes)
        {
            throw Invalid($"{member} holds a NUL, or is longer than {MaxBytes} bytes");
        }

        string[] parts = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(static part => part != ".")];
        return parts.Length > MaxDepth ? throw Invalid($"{member} lies deeper than {MaxDepth} names")
            : parts.Contains("..") ? throw Invalid($"{member} holds .., which no mount's path may")
            : parts.Any(static part => Encoding.UTF8.GetByteCount(part) > MaxNameBytes)
                ? throw Invalid($"{member} holds a name longer than {MaxNameBytes} bytes")
                : new MountPath(string.Join('/', parts), path.EndsWith('/') || path.EndsWith("/.", StringComparison.Ordinal));
    }

    /// <summary>A file below this path. Of the name only what is behind its last slash counts.</summary>
    /// <exception cref="StoreException">InvalidArgument when that can be no file's name.</exception>
    public MountPath Below(string name)
    {
        string last = name[(name.LastIndexOf('/') + 1)..];
        return last is "" or "." or ".." || Encoding.UTF8.GetByteCount(last) > MaxNameBytes
            ? throw Invalid("the object's name can be no file's; say one in the path")
            : new MountPath(Inside.Length == 0 ? last : $"{Inside}/{last}", IsFolder: false);
    }

    public override string ToString() => "/" + Inside;

    private static StoreException Invalid(string message) => new(StoreErrorCode.InvalidArgument, message);
}
