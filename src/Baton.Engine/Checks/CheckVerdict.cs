namespace Baton.Engine.Checks;

/// <summary>What is to be done after a step.</summary>
internal enum CheckVerdict : byte
{
    /// <summary>More has to come, or to go.</summary>
    Wait,

    /// <summary>As expected; the next step may begin.</summary>
    Passed,

    /// <summary>Not as expected.</summary>
    Failed,

    /// <summary>Another connection is wanted.</summary>
    Connect,

    /// <summary>The last step is done.</summary>
    Done,
}
