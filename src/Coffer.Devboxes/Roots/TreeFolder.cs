using System.Text.Json;
using Coffer.LocalFiles;

namespace Coffer.Devboxes.Roots;

/// <summary>A folder with an extracted tree in it, and what says that the tree is whole.</summary>
/// <remarks>
/// <code>
/// tree/        the files, the server's own
/// state.json   made when the last file was: the size of the tree, and when the machine was started then
/// settled      made when all of it is durable
/// </code>
/// </remarks>
internal sealed record TreeFolder(string Path)
{
    public string Tree => System.IO.Path.Combine(Path, "tree");

    public bool IsSettled => File.Exists(System.IO.Path.Combine(Path, SettledName));

    private const string SettledName = "settled";

    private string StatePath => System.IO.Path.Combine(Path, "state.json");

    public static TreeFolder Begin(string path)
    {
        var begun = new TreeFolder(path);
        OwnerOnly.MakeFolder(begun.Tree);
        return begun;
    }

    public void Finish(TreeSize size)
    {
        var state = new TreeState(size, Boot.Id);
        File.WriteAllBytes(StatePath, JsonSerializer.SerializeToUtf8Bytes(state, RootsJson.Default.TreeState));
    }

    public void SettleLater(Settling settling) => settling.Later(Path, SettledName);

    /// <summary>Its size when it is whole; null when it was cut off, or a power cut may have taken some of it.</summary>
    public TreeSize? WholeSize()
    {
        try
        {
            TreeState? state = JsonSerializer.Deserialize(File.ReadAllBytes(StatePath), RootsJson.Default.TreeState);
            return state is not null && (state.Boot == Boot.Id || IsSettled) ? state.Size : null;
        }
        catch (Exception broken) when (broken is IOException or JsonException)
        {
            return null;
        }
    }
}

internal sealed record TreeState(TreeSize Size, string Boot);
