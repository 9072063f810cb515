/**
 * Tensor operations that the engine lacks, gradient mode, and the safetensors and npz file formats.
 */
package org.omnirad.tensor;
