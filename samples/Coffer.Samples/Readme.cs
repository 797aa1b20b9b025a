using Coffer.Client;

namespace Coffer.Samples;

/// <summary>The code of README.md.</summary>
public static class Readme
{
    /// <summary>Expects report.pdf in the current directory.</summary>
    public static async Task<byte[]> PutAndGet()
    {
        #region Readme.PutAndGet
        using var coffer = new CofferClient(); // finds the server by the same two variables
        StorageObject report = await coffer.StorageObjects.UploadFromFileAsync("report.pdf");
        byte[] bytes = await report.DownloadAsBytesAsync();
        #endregion
        return bytes;
    }
}
