namespace Coffer.Objects;

/// <summary>The words for states and content classes, as the Objects API spells them.</summary>
public static class ObjectWords
{
    public static string Word(this ObjectState state) => state switch
    {
        ObjectState.Uploading => "UPLOADING",
        ObjectState.ReadOnly => "READ_ONLY",
        ObjectState.Deleted => "DELETED",
        _ => "ERROR",
    };

    public static string Word(this ContentClass contentClass) => contentClass switch
    {
        ContentClass.Text => "text",
        ContentClass.Binary => "binary",
        ContentClass.Gzip => "gzip",
        ContentClass.Tar => "tar",
        ContentClass.Tgz => "tgz",
        _ => "unspecified",
    };

    public static ObjectState? ParseState(string word) => word switch
    {
        "UPLOADING" => ObjectState.Uploading,
        "READ_ONLY" => ObjectState.ReadOnly,
        "DELETED" => ObjectState.Deleted,
        "ERROR" => ObjectState.Error,
        _ => null,
    };

    public static ContentClass? ParseClass(string word) => word switch
    {
        "unspecified" => ContentClass.Unspecified,
        "text" => ContentClass.Text,
        "binary" => ContentClass.Binary,
        "gzip" => ContentClass.Gzip,
        "tar" => ContentClass.Tar,
        "tgz" => ContentClass.Tgz,
        _ => null,
    };
}
