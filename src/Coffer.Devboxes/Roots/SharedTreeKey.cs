using System.Security.Cryptography;
using System.Text;

namespace Coffer.Devboxes.Roots;

/// <summary>Names an extracted tree by what it was extracted from, so that copies and renamed objects meet in one.</summary>
internal readonly record struct SharedTreeKey
{
    // Another rule of what extraction makes of an archive is another tree.
    private const string Rules = "1";

    private SharedTreeKey(string value) => Value = value;

    /// <summary>Fit for a file name.</summary>
    public string Value { get; }

    /// <param name="kind">How the bytes are read: as a tar, a compressed one and so on.</param>
    /// <param name="content">Names that never stand for other bytes, in order: the blobs of the object, or its id where it has
    /// none.</param>
    public static SharedTreeKey Of(string kind, params IEnumerable<string> content)
    {
        var named = new StringBuilder(Rules);
        foreach (string part in content.Prepend(kind)) named.Append('\n').Append(part);
        return new SharedTreeKey(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(named.ToString())))[..40]);
    }

    public override string ToString() => Value;
}
