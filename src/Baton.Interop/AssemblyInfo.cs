// Arguments of native calls go as they are: every structure here has the layout of the C headers.
[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]
