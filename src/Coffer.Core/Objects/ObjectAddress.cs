namespace Coffer.Objects;

/// <summary>Where an object is: the name of a bucket, and a key in it.</summary>
public readonly record struct ObjectAddress(string Bucket, string Key)
{
    public override string ToString() => $"{Bucket}/{Key}";
}
