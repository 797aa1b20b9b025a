using System.Text.Json.Serialization;

namespace Coffer.Devboxes.Roots;

/// <summary>How a devbox gets a tree that others have too, so that its changes stay its own.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CopyOnWriteWay>))]
internal enum CopyOnWriteWay
{
    /// <summary>Every byte is copied.</summary>
    Copy,

    /// <summary>Every file is made anew and shares the bytes of the first one until it is written (XFS, btrfs).</summary>
    Reflink,

    /// <summary>The tree is mounted below a layer of the devbox's own, which takes the changes.</summary>
    Overlay,
}
