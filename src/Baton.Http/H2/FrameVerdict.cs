// What comes of a frame, before anybody acts on it.
namespace Baton.Http.H2;

/// <summary>The outcome of a check.</summary>
public readonly struct FrameVerdict(FrameScope scope, ErrorCode error)
{
    /// <summary>Whom it is about.</summary>
    public FrameScope Scope { get; } = scope;

    /// <summary>The error, when it is one.</summary>
    public ErrorCode Error { get; } = error;

    /// <summary>Nothing is wrong, and the frame has something to say.</summary>
    public bool IsFine => Scope == FrameScope.Fine;

    internal static FrameVerdict Fine => default;

    internal static FrameVerdict PassOver => new(FrameScope.PassOver, ErrorCode.NoError);

    internal static FrameVerdict Stream(ErrorCode error) => new(FrameScope.Stream, error);

    internal static FrameVerdict Connection(ErrorCode error) => new(FrameScope.Connection, error);
}
