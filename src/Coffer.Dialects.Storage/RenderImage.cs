namespace Coffer.Dialects.Storage;

/// <summary>GET /render/image/…: transformed images, which this server does not make.</summary>
internal static class RenderImage
{
    public static Task Handle(StorageCall call) =>
        throw new StorageRefusal(StorageErrors.FeatureNotEnabled, "Image transformations are not there: get the image itself at /object");
}
